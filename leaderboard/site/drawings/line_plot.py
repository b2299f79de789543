"""Lines, bars and dots in a plane, as SVG that a page holds: it follows the colours of the page."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

Points = Sequence[tuple[float, float]]

WIDTH = 355  # CSS pixels: as wide as a telephone
LEFT, RIGHT, TOP, BOTTOM = 46, 10, 10, 44  # margins of the field, which hold the texts
MOST_POINTS = 160  # of a line; more are not seen in this width


@dataclass(frozen=True)
class Series:
    """One line of a plot, before it is laid out.

    Attributes:
      label: in the legend, "" without an entry; style: classes of `style.css`, such as "s0 thin".
      points: x, y; steps: draw steps instead of straight lines; dots: points that are marked.
    """

    label: str
    style: str
    points: Points
    steps: bool = False
    dots: Points = ()


@dataclass(frozen=True)
class Line:
    """A line as SVG: `path`, and circles at `dots`, in pixels."""

    label: str
    style: str
    path: str
    dots: list[tuple[float, float]]


@dataclass(frozen=True)
class LinePlot:
    """A plot as SVG, all lengths in pixels.

    Attributes:
      name: for ids; about: what screen readers read; across, up: place and text of the ticks.
      marks: x of vertical lines; bars: x, y, width, height; diagonal: a line from 0, 0 to 1, 1.
    """

    name: str
    about: str
    height: int
    x_title: str
    y_title: str
    across: list[tuple[float, str]]
    up: list[tuple[float, str]]
    lines: list[Line]
    marks: list[float]
    bars: list[tuple[float, float, float, float]]
    diagonal: str

    @property
    def legend(self) -> list[tuple[str, str]]:
        """Style and label of each line that has one, each once."""
        return list(dict.fromkeys((line.style, line.label) for line in self.lines if line.label))


def line_plot(
    name: str,
    about: str,
    titles: tuple[str, str],
    series: Sequence[Series],
    x: tuple[float, float],
    y: tuple[float, float],
    height: int = 230,
    whole: bool = False,
    marks: Sequence[float] = (),
    bars: Sequence[tuple[float, float, float]] = (),
    diagonal: bool = False,
) -> LinePlot:
    """Lay out a plot.

    Args:
      titles: of the two axes; x, y: their ends; whole: only whole numbers are ticks of x.
      marks: x of vertical lines; bars: left, width and height of each, in the axes' units.
    """
    wide, high = WIDTH - LEFT - RIGHT, height - TOP - BOTTOM

    def at(point: tuple[float, float]) -> tuple[float, float]:
        across = (point[0] - x[0]) / ((x[1] - x[0]) or 1)
        up = min(1.0, max(0.0, (point[1] - y[0]) / ((y[1] - y[0]) or 1)))  # a peak stays within
        return round(LEFT + wide * across, 1), round(TOP + high * (1 - up), 1)

    foot = at((x[0], y[0]))[1]
    corners = [(*at((left, value)), wide * width / (x[1] - x[0])) for left, width, value in bars]
    (x0, y0), (x1, y1) = at((0, 0)), at((1, 1))
    return LinePlot(
        name=name,
        about=about,
        height=height,
        x_title=titles[0],
        y_title=titles[1],
        across=[(at((tick, y[0]))[0], text) for tick, text in ticks(*x, whole=whole)],
        up=[(at((x[0], tick))[1], text) for tick, text in ticks(*y)],
        lines=[
            Line(
                one.label, one.style, _path([at(p) for p in _thinned(one.points)], one.steps),
                [at(p) for p in one.dots],
            )
            for one in series
        ],
        marks=[at((mark, y[0]))[0] for mark in marks],
        bars=[(left, top, round(width, 1), round(foot - top, 1)) for left, top, width in corners],
        diagonal=f"M{x0} {y0}L{x1} {y1}" if diagonal else "",
    )  # fmt: skip


def ticks(low: float, high: float, whole: bool = False, most: int = 6) -> list[tuple[float, str]]:
    """Return round numbers within the ends of an axis, each with its text.

    >>> ticks(0, 1)
    [(0.0, '0'), (0.2, '0.2'), (0.4, '0.4'), (0.6, '0.6'), (0.8, '0.8'), (1.0, '1')]
    >>> [text for _, text in ticks(1, 20, whole=True)]
    ['5', '10', '15', '20']
    """
    span = high - low
    if span <= 0:
        return [(low, f"{low:g}")]
    power = 10.0 ** math.floor(math.log10(span / most))
    steps = [power * factor for factor in (1, 2, 5, 10, 20)]
    step = next(step for step in steps if span / step <= most - 0.5 or step == steps[-1])
    step = max(1.0, step) if whole else step
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    values = [round(number * step, 10) for number in range(first, last + 1)]
    return [(value, f"{value:g}") for value in values]


def _path(points: Sequence[tuple[float, float]], steps: bool) -> str:
    if not points:
        return ""
    start, *rest = points
    text = f"M{start[0]:g} {start[1]:g}"
    for x, y in rest:
        text += f"H{x:g}V{y:g}" if steps else f"L{x:g} {y:g}"
    return text


def _thinned(points: Points) -> Points:
    if len(points) <= MOST_POINTS:
        return points
    step = (len(points) - 1) / (MOST_POINTS - 1)
    return [points[round(step * number)] for number in range(MOST_POINTS)]
