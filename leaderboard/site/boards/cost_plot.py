"""F1 over what a model costs, each point with its label beside it, so that no two labels touch."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from leaderboard.ranking.rows import Row
from leaderboard.site.boards.leaderboards import Board, Line
from leaderboard.site.drawings.score_axis import Drawn
from leaderboard.tables.names import short_recipes

FEWEST = 4  # points of a plot: fewer are read faster in the table
MOST = 60  # points of a plot, those of the best rows
HEIGHT, EDGE = 340, 16  # pixels: of the plot, and above the highest score and below the lowest
NARROWEST = 290  # pixels: width of the plot on a telephone; wider, labels only move apart
LETTER, LINE, GAP = 7.4, 18, 10  # pixels: of a letter, of a line of text, from point to label
LONGEST = 22  # letters of a label
SHIFTS = (0, -9, 9, -18, 18)  # pixels that a label may be moved up or down


@dataclass(frozen=True)
class Point:
    """One row of a plot.

    Attributes:
      label: its name; cost: as a text; shown: its name as it stands beside the point, "" where
        there is no room for it.
      x: per cent of the width; y, low, high: of its score and interval in pixels from the top.
      label_y: of the middle of its label; anchor: "start" right of the point, "end" left of it.
    """

    line: Line
    label: str
    cost: str
    x: float
    y: float
    low: float | None
    high: float | None
    shown: str
    label_y: float
    anchor: str


@dataclass(frozen=True)
class Plot:
    """Score over cost, the cost on a logarithmic axis.

    Attributes:
      name: for ids; title: of the cost; points: the highest score first.
      across, up: place and text of the ticks of both axes.
      missing: number of rows with a score and without a known cost; left_out: of rows with both
        that are not among the best `MOST`.
    """

    name: str
    title: str
    points: list[Point]
    across: list[tuple[float, str]]
    up: list[tuple[float, str]]
    missing: int
    left_out: int

    @property
    def height(self) -> int:
        """Of the plot in pixels."""
        return HEIGHT


def plots(board: Board) -> list[Plot]:
    """Return the plots of a table in which the costs of four rows at least are known."""
    kinds: tuple[tuple[str, str, Callable[[Row], float | None], Callable[[float], str]], ...] = (
        ("parameters", "trainable parameters", lambda row: row.parameters, _short),
        (
            "time", "training time", lambda row: row.seconds.mean / 60 if row.seconds else None,
            _minutes,
        ),
    )  # fmt: skip
    candidates = [_plot(board, *kind) for kind in kinds]
    return [plot for plot in candidates if len(plot.points) >= FEWEST]


def _plot(
    board: Board,
    name: str,
    title: str,
    cost: Callable[[Row], float | None],
    form: Callable[[float], str],
) -> Plot:
    scored = [line for line in board.lines if line.drawn]
    held = [(line, line.drawn, cost(line.row) or 0.0) for line in scored]
    every = [(line, drawn, number) for line, drawn, number in held if drawn and number > 0]
    known = sorted(every, key=lambda one: -one[1].at)[:MOST]
    bottom = HEIGHT - EDGE

    def down(place: float) -> float:
        return round(bottom - (bottom - EDGE) * place / 100, 1)

    order: list[tuple[Line, Drawn, float]] = sorted(known, key=lambda one: -one[1].at)
    ticks = log_ticks([number for *_, number in order]) if order else []
    at = [(_along(number, ticks), down(drawn.at)) for _, drawn, number in order]
    names = labels([line.row for line, *_ in order])
    places = _placed(at, names)
    points = [
        Point(
            line=line,
            label=label,
            cost=form(number),
            x=x,
            y=y,
            low=None if drawn.low is None else down(drawn.low),
            high=None if drawn.high is None else down(drawn.high),
            shown=_cut(label) if place else "",
            label_y=place[0] if place else y,
            anchor=place[1] if place else "start",
        )
        for (line, drawn, number), label, (x, y), place in zip(
            order, names, at, places, strict=True
        )
    ]
    shown = ticks if len(ticks) <= 4 else [tick for tick in ticks if f"{tick:e}"[0] == "1"]
    shown = shown if len(shown) > 1 else [ticks[0], ticks[-1]] if ticks else []
    return Plot(
        name=name,
        title=title,
        points=points,
        across=[(_along(tick, ticks), form(tick)) for tick in shown],
        up=[(down(board.axis.place(tick)), f"{tick:.2f}") for tick in board.axis.ticks],
        missing=len(scored) - len(every),
        left_out=len(every) - len(points),
    )


def _placed(
    at: Sequence[tuple[float, float]], names: Sequence[str]
) -> list[tuple[float, str] | None]:
    """Return y and anchor of each label, None for one without room; the first ones choose first.

    Laid out for the narrowest plot: a wider one only moves points apart, and with them the labels.
    """
    points = [(x * NARROWEST / 100, y) for x, y in at]
    taken = [(x - 6, y - 6, x + 6, y + 6) for x, y in points]
    places: list[tuple[float, str] | None] = []
    for (x, y), name in zip(points, names, strict=True):
        wide = LETTER * len(_cut(name))
        found = None
        for shift in SHIFTS:
            for anchor in ("start", "end"):
                left = x + GAP if anchor == "start" else x - GAP - wide
                box = (left, y + shift - LINE / 2, left + wide, y + shift + LINE / 2)
                inside = left >= 0 and box[2] <= NARROWEST and box[1] >= 0 and box[3] <= HEIGHT
                if found is None and inside and not _touches(box, taken):
                    found = (round(y + shift, 1), anchor)
                    taken.append(box)
        places.append(found)
    return places


def _touches(box: tuple[float, ...], others: Iterable[tuple[float, ...]]) -> bool:
    return any(
        box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]
        for other in others
    )


def _cut(label: str) -> str:
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…"


def labels(rows: Sequence[Row]) -> list[str]:
    """Return the shortest names that are distinct, as far as that is possible."""
    short = short_recipes([row.model for row in rows], [row.recipe for row in rows])
    recipes = {id(row): recipe for row, recipe in zip(rows, short, strict=True)}
    forms: tuple[Callable[[Row], str], ...] = (
        lambda row: row.model,
        lambda row: f"{row.model}, {row.initialization}",
        lambda row: f"{row.model}, {recipes[id(row)]}",
        lambda row: f"{row.model}, {row.initialization}, {recipes[id(row)]}",
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
