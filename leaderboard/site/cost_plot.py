"""F1 over what a model costs, laid out so that no two labels touch."""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from leaderboard.ranking.rows import Row
from leaderboard.site.leaderboards import Board, Line
from leaderboard.site.score_axis import Drawn

HEIGHT, LABEL = 320, 26  # CSS pixels: of the plot at least, and of each label
EDGE = 14  # above the highest score and below the lowest


@dataclass(frozen=True)
class Point:
    """One row of a plot.

    Attributes:
      label: its name; cost: as a text; link: of its page or "".
      x: per cent of the width; y, low, high: of its score and interval in pixels from the top.
      label_y: of the middle of its label, in pixels from the top.
    """

    line: Line
    label: str
    cost: str
    x: float
    y: float
    low: float | None
    high: float | None
    label_y: float


@dataclass(frozen=True)
class Plot:
    """Score over cost, the cost on a logarithmic axis.

    Attributes:
      name: for ids; title: of the cost; points: the highest label first.
      height: of the plot in pixels; across, up: place and text of the ticks of both axes.
      missing: number of rows with a score and without a known cost.
    """

    name: str
    title: str
    points: list[Point]
    height: int
    across: list[tuple[float, str]]
    up: list[tuple[float, str]]
    missing: int


def plots(board: Board) -> list[Plot]:
    """Return the plots of a table in which the costs of two rows at least are known."""
    kinds: tuple[tuple[str, str, Callable[[Row], float | None], Callable[[float], str]], ...] = (
        ("parameters", "trainable parameters", lambda row: row.parameters, _short),
        (
            "time", "training time", lambda row: row.seconds.mean / 60 if row.seconds else None,
            _minutes,
        ),
    )  # fmt: skip
    candidates = [_plot(board, *kind) for kind in kinds]
    return [plot for plot in candidates if len(plot.points) > 1]


def _plot(
    board: Board,
    name: str,
    title: str,
    cost: Callable[[Row], float | None],
    form: Callable[[float], str],
) -> Plot:
    scored = [line for line in board.lines if line.drawn]
    held = [(line, line.drawn, cost(line.row) or 0.0) for line in scored]
    known = [(line, drawn, number) for line, drawn, number in held if drawn and number > 0]
    height = max(HEIGHT, LABEL * len(known))
    bottom = height - EDGE

    def down(place: float) -> float:
        return round(bottom - (bottom - EDGE) * place / 100, 1)

    order: list[tuple[Line, Drawn, float]] = sorted(known, key=lambda one: -one[1].at)
    spread = _apart([down(drawn.at) for _, drawn, _ in order], height) if order else []
    names = labels([line.row for line, *_ in order])
    ticks = log_ticks([number for *_, number in order]) if order else []
    points = [
        Point(
            line=line,
            label=label,
            cost=form(number),
            x=_along(number, ticks),
            y=down(drawn.at),
            low=None if drawn.low is None else down(drawn.low),
            high=None if drawn.high is None else down(drawn.high),
            label_y=at,
        )
        for (line, drawn, number), label, at in zip(order, names, spread, strict=True)
    ]
    shown = ticks if len(ticks) <= 4 else [tick for tick in ticks if f"{tick:e}"[0] == "1"]
    return Plot(
        name=name,
        title=title,
        points=points,
        height=height,
        across=[(_along(tick, ticks), form(tick)) for tick in shown],
        up=[(down(board.axis.place(tick)), f"{tick:.2f}") for tick in board.axis.ticks],
        missing=len(scored) - len(points),
    )


def labels(rows: Sequence[Row]) -> list[str]:
    """Return the shortest names that are distinct, as far as that is possible."""
    forms: tuple[Callable[[Row], str], ...] = (
        lambda row: row.model,
        lambda row: f"{row.model}, {row.initialization}",
        lambda row: f"{row.model}, {row.recipe}",
        lambda row: f"{row.model}, {row.initialization}, {row.recipe}",
    )
    counts = [Counter(form(row) for row in rows) for form in forms]
    return [
        next((f(row) for f, n in zip(forms, counts, strict=True) if n[f(row)] == 1), forms[-1](row))
        for row in rows
    ]


def log_ticks(values: Sequence[float]) -> list[float]:
    """Return 1, 2 and 5 times powers of ten, from the last below to the first above all values.

    >>> log_ticks([130_000, 1_100_000])
    [100000.0, 200000.0, 500000.0, 1000000.0, 2000000.0]
    """
    first, last = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    steps = [step * 10.0**power for power in range(first, last + 1) for step in (1, 2, 5)]
    low = max(step for step in steps if step <= min(values))
    high = next(step for step in steps if step > max(values))
    return [step for step in steps if low <= step <= high]


def _along(value: float, ticks: Sequence[float]) -> float:
    low, high = math.log(ticks[0]), math.log(ticks[-1])
    return round(4 + 92 * (math.log(value) - low) / (high - low), 2)


def _apart(wanted: Sequence[float], height: int) -> list[float]:
    """Move rising places as little as possible, so that labels do not overlap."""
    from sklearn.isotonic import isotonic_regression  # takes a second

    steps = LABEL * np.arange(len(wanted))
    last = max(height - LABEL / 2 - (len(wanted) - 1) * LABEL, LABEL / 2)
    free = isotonic_regression(np.asarray(wanted) - steps, y_min=LABEL / 2, y_max=last)
    return [round(float(at), 1) for at in free + steps]


def _short(number: float) -> str:
    """Return a count in thousands or millions.

    >>> _short(135_049), _short(87_171_851), _short(900)
    ('135 k', '87 M', '900')
    """
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if number >= size:
            share = number / size
            return f"{share:.0f} {unit}" if share >= 10 else f"{share:.3g} {unit}"
    return f"{number:.0f}"


def _minutes(number: float) -> str:
    return f"{number:.0f} min" if number >= 10 else f"{number:.2g} min"
