"""Figures of a run from its record and predictions; `figure_files` gives them colours and files.

Each is as wide as a column of a paper and as a telephone: 3.7 inches, 355 CSS pixels.
"""

import textwrap
from collections.abc import Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from leaderboard.metrics.calibration import Reliability
from leaderboard.metrics.details import ClassScores

WIDTH, HEIGHT = 3.7, 4.6  # inches
LINE = 44  # letters of a name


def training_curves(
    history: Sequence[dict[str, Any]], kept: int | None, score: str = "macro F1"
) -> Figure:
    """Draw loss, validation loss and validation F1 over the epochs, the kept epoch marked.

    Args:
      history: one dict an epoch, as `Record.history`; values that an epoch lacks are left out.
      kept: number of the epoch whose weights were kept, from 1; None if not known.
      score: name of the validation score.
    """
    figure, (above, below) = _figure(2, HEIGHT, sharex=True)
    epochs = np.arange(1, len(history) + 1)
    for axes, name, label, colour in (
        (above, "loss", "training", "C0"),
        (above, "validation_loss", "validation", "C1"),
        (below, "validation_f1", "validation", "C1"),
    ):
        values = np.array([epoch.get(name, np.nan) for epoch in history], dtype=float)
        if np.isnan(values).all():
            continue
        axes.plot(epochs, values, color=colour, marker="o", markersize=3.5, label=label)
        if name != "loss" and kept:
            axes.plot(kept, values[kept - 1], "o", color=colour, markersize=9, fillstyle="none")
    for axes in (above, below):
        if kept:
            axes.axvline(kept, color=mpl.rcParams["text.color"], linewidth=1, linestyle=":")
    above.set(ylabel="loss", ylim=(0, None))
    figure.legend(*above.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    below.set(ylabel=f"validation {score}", xlabel=f"epoch (kept: {kept})" if kept else "epoch")
    below.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    return figure


def reliability_diagram(found: Reliability, error: str = "") -> Figure:
    """Draw accuracy over confidence, with the number of examples in each bin below.

    Args:
      error: the expected calibration error as the title gives it; without, that of `found`.
    """
    figure, (above, below) = _figure(2, HEIGHT, sharex=True, height_ratios=(3, 1.2))
    bars: dict[str, Any] = {"x": found.left, "width": found.width, "align": "edge"}
    above.bar(height=found.accuracy, color="C0", edgecolor=_ground(), label="accuracy", **bars)
    above.plot(
        found.confidence, found.confidence, "o", color="C1", markersize=4, label="confidence"
    )
    above.plot((0, 1), (0, 1), color=mpl.rcParams["text.color"], linewidth=1, linestyle=":")
    above.set(ylabel="share", ylim=(0, 1.02), xlim=(0, 1))
    above.set_title(f"expected calibration error {error or f'{found.error:.3f}'}")
    figure.legend(loc="outside upper center", ncols=2)
    below.bar(height=found.count, color="C0", edgecolor=_ground(), **bars)
    below.set(ylabel="patches", xlabel="confidence", yscale="log", ylim=(0.7, None))
    return figure


def class_scores(scores: Sequence[ClassScores]) -> Figure:
    """Draw precision, recall and F1 of every class, with its number of examples."""
    figure, (axes,) = _figure(1, max(HEIGHT, 1.6 + 0.27 * len(scores)))
    place = np.arange(len(scores))
    low = [min(one.precision, one.recall) for one in scores]
    high = [max(one.precision, one.recall) for one in scores]
    axes.hlines(place, low, high, color=mpl.rcParams["axes.edgecolor"], linewidth=3)
    for name, marker, colour in (
        ("precision", ">", "C0"),
        ("recall", "<", "C1"),
        ("f1", "o", "C2"),
    ):
        values = [getattr(one, name) for one in scores]
        label = "F1" if name == "f1" else name
        axes.plot(values, place, marker, color=colour, markersize=6, label=label)
    axes.set_yticks(place, [f"{plain(one.name)} ({one.support})" for one in scores])
    axes.set(ylim=(len(scores) - 0.5, -0.5), xlim=(_floor(low), 1.02), xlabel="score")
    axes.grid(visible=False, axis="y")
    figure.legend(loc="outside upper right", ncols=3, columnspacing=1, handletextpad=0.1)
    return figure


def ranking(
    names: Sequence[str],
    scores: Sequence[float],
    ends: Sequence[tuple[float, float] | None],
    score: str = "macro F1",
) -> Figure:
    """Draw a score of runs, the first on top, with its 95 % intervals where known."""
    shown = [_in_lines(name) for name in names]
    most = max((name.count("\n") + 1 for name in shown), default=1)
    figure, (axes,) = _figure(1, 0.9 + (0.18 + 0.16 * most) * len(names), width=2 * WIDTH)
    place = np.arange(len(names))
    for at, pair in zip(place, ends, strict=True):
        if pair:
            axes.hlines(at, *pair, color="C0", linewidth=2)
    axes.plot(scores, place, "o", color="C0")
    axes.set_yticks(place, [plain(name) for name in shown])
    axes.set(ylim=(len(names) - 0.5, -0.5), xlabel=f"{score}, with 95 % interval")
    return figure


def _in_lines(name: str) -> str:
    """Break a long name at blanks and before `+`, so that the axes keep their room."""
    return textwrap.fill(name.replace("+", " +"), LINE).replace(" +", "+")


def _figure(
    rows: int, height: float, width: float = WIDTH, **options: Any
) -> tuple[Figure, tuple[Axes, ...]]:
    figure = Figure((width, height))
    axes = figure.subplots(rows, 1, squeeze=False, **options)
    return figure, tuple(axes[:, 0])


def _floor(values: Sequence[float]) -> float:
    """Return a round number below all values, for an axis that wastes no room."""
    return max(-0.02, np.floor(10 * min(values)) / 10 - 0.02)


def plain(text: str) -> str:
    """Keep Matplotlib from reading a name as mathematics."""
    return text.replace("$", r"\$")


def _ground() -> Any:
    return mpl.rcParams["axes.facecolor"]
