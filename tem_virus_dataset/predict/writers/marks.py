"""How the particles of a class are marked: its colour and its kind of line.

There are seven colours that the colour-blind tell apart, too, and data sets have more classes. So
each seven classes have a kind of line of their own. Unknown particles have a mark of another form,
and uncertain ones a thin line.
"""

import dataclasses
import itertools
import math
from collections.abc import Iterable, Iterator
from typing import Literal

from PIL import ImageDraw

Line = Literal["solid", "dashed", "dotted", "corners"]
LINES: tuple[Line, ...] = ("solid", "dashed", "dotted", "corners")
COLOURS = (  # distinct to the colour-blind, too: Okabe & Ito 2008, without black
    "#56B4E9", "#E69F00", "#009E73", "#F0E442", "#D55E00", "#CC79A7", "#0072B2",
)  # fmt: skip
UNKNOWN_COLOUR = "#FFFFFF"
HALO = "#000000"  # around every line: it is seen on bright and on dark particles
WIDTH, THIN = 4, 2  # pixels of certain and of uncertain particles
SMALL = 24  # pixels of a side below which lines are thinner
DASH = {"dashed": (9.0, 6.0), "dotted": (2.5, 5.0)}  # pixels drawn and left out
CORNER = 0.22  # of a side, the part of it that a corner mark takes at each end

Point = tuple[float, float]


@dataclasses.dataclass(frozen=True)
class Style:
    """Colour (#RRGGBB), form and line of a class."""

    colour: str
    line: Line
    is_unknown: bool = False


def style(label: int, is_unknown: bool) -> Style:
    """Return the style of a class; 28 of them differ."""
    if is_unknown:
        return Style(UNKNOWN_COLOUR, "solid", is_unknown=True)
    return Style(COLOURS[label % len(COLOURS)], LINES[label // len(COLOURS) % len(LINES)])


def letters_colour(style: Style) -> tuple[int, int, int]:
    """Return a style's colour, half of it white: letters of pure blue are hard to read on gray."""
    red, green, blue = bytes.fromhex(style.colour.removeprefix("#"))
    return (red + 255) // 2, (green + 255) // 2, (blue + 255) // 2


def draw(
    pen: ImageDraw.ImageDraw,
    corners: tuple[float, float, float, float],
    style: Style,
    is_uncertain: bool,
    is_point: bool = False,
) -> None:
    """Draw the mark of a particle.

    Args:
      corners: x0, y0, x1, y1 in pixels of the picture; is_point: a circle in place of a rectangle.
    """
    width = THIN if is_uncertain else WIDTH
    if min(corners[2] - corners[0], corners[3] - corners[1]) < SMALL:
        width -= 1
    outline = _outline(corners, style.is_unknown, is_point)
    pieces = list(_pieces(outline, style.line))
    for colour, wide in ((HALO, width + 2), (style.colour, width)):
        for piece in pieces:
            pen.line(piece, colour, wide, "curve" if is_point else None)


def _outline(
    corners: tuple[float, float, float, float], is_diamond: bool, is_circle: bool
) -> list[Point]:
    """Return the points of a closed line, the first of them at its end, too."""
    x0, y0, x1, y1 = corners
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    if is_diamond:
        return [(x, y0), (x1, y), (x, y1), (x0, y), (x, y0)]
    if is_circle:
        turns = [2 * math.pi * step / 32 for step in range(33)]
        return [(x + (x1 - x) * math.cos(t), y + (y1 - y) * math.sin(t)) for t in turns]
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]


def _pieces(outline: list[Point], line: Line) -> Iterator[list[Point]]:
    """Yield the parts of a closed line that are drawn."""
    if line == "solid":
        yield [*outline, outline[1]]  # so that the last corner is as full as the others
    elif line == "corners":
        corners = outline[:-1] if len(outline) < 9 else outline[:-1:8]
        for before, at, after in _neighbours(corners):
            yield [_between(at, before, CORNER), at, _between(at, after, CORNER)]
    else:
        yield from _dashes(outline, *DASH[line])


def _neighbours(points: list[Point]) -> Iterable[tuple[Point, Point, Point]]:
    return zip([points[-1], *points], points, [*points[1:], points[0]], strict=False)


def _between(start: Point, end: Point, share: float) -> Point:
    return start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share


def _dashes(outline: list[Point], drawn: float, gap: float) -> Iterator[list[Point]]:
    """Cut each straight part into a whole number of dashes, so that all corners look alike."""
    sides = list(itertools.pairwise(outline))
    if len(sides) > 8:  # a circle, of which each part is shorter than a dash
        every, part = (8, 5) if drawn > gap else (4, 1)
        yield from (list(side) for place, side in enumerate(sides) if place % every < part)
        return
    for start, end in sides:
        length = max(math.dist(start, end), 1.0)
        dash = drawn * min(1, length / (3 * drawn + 2 * gap))  # three of them on a short side
        count = max(2, round((length - dash) / (drawn + gap)))
        step = (1 - dash / length) / count
        for place in range(count + 1):
            first = place * step
            yield [_between(start, end, first), _between(start, end, first + dash / length)]
