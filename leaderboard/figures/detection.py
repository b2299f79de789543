"""Figures of a detector's run, in the manner of `leaderboard.figures.classification`."""

from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.figure import Figure

from leaderboard.figures.classification import HEIGHT, WIDTH
from leaderboard.metrics.curves import Curve


def confidence_curves(curves: Sequence[Curve], chosen: Sequence[float]) -> Figure:
    """Draw precision, recall and F1 over the confidence threshold.

    Args:
      curves: of one split, one of each seed; chosen: the confidence threshold of each seed.
    """
    figure = Figure((WIDTH, 0.75 * HEIGHT))
    axes = figure.subplots()
    for number, (curve, confidence) in enumerate(zip(curves, chosen, strict=True)):
        for name, colour in (("precision", "C0"), ("recall", "C1"), ("f1", "C2")):
            values = getattr(curve, name)
            label = {"f1": "F1"}.get(name, name) if not number else None
            axes.step(curve.confidence, values, color=colour, where="post", label=label)
        axes.axvline(confidence, color=mpl.rcParams["text.color"], linewidth=1, linestyle=":")
    axes.set(xlabel="confidence threshold", ylabel="score", xlim=(0, 1), ylim=(0, 1.02))
    figure.legend(loc="outside upper center", ncols=3, columnspacing=1)
    return figure


def precision_recall(curves: Sequence[Curve]) -> Figure:
    """Draw precision over recall, all classes together, one line for each seed."""
    figure = Figure((WIDTH, 0.75 * HEIGHT))
    axes = figure.subplots()
    for curve in curves:
        axes.plot(curve.recall, curve.precision, color="C0")
    axes.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.02))
    return figure
