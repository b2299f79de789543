"""A micrograph with what was found, missed and alarmed of drawn into it."""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from benchmark.data.boxes import corners
from benchmark.detection.data import Scene
from benchmark.report.matches import ALARM, MISSED, RIGHT, Mark
from tem_virus_dataset.micrographs import drawing

SIDE = 900  # pixels of the longer side
LETTERS = 27  # pixels: 10 where a telephone shows the picture 334 pixels wide
WIDTH = 4  # pixels of a line, with black at both sides of it
DASH, GAP = 14, 10  # pixels of a dashed line
COLOURS = {RIGHT: "#56B4E9", MISSED: "#F0E442", ALARM: "#FF7A33"}  # as in site/templates/style.css
LEAST = 3  # letters of a class's name


def draw(scene: Scene, found: Sequence[Mark], classes: Sequence[str]) -> Image.Image:
    """Draw the boxes: found with a solid line, missed dashed, false alarms with a cross in it.

    A find has its confidence, ".74" is 0.74; a false alarm also the beginning of its class's name,
    and so has everything else in a micrograph of several classes.

    Args:
      found: in the scene's pixels.
    """
    height, width = scene.image.shape
    picture = drawing.gray(scene.image, SIDE / max(height, width))
    size = np.tile([picture.width / width, picture.height / height], 2)
    names = short(classes)
    mixed = len({one.label for one in found if one.kind != ALARM}) > 1
    order = sorted(found, key=lambda one: (ALARM, MISSED, RIGHT).index(one.kind))
    shown = [corners(one.box[None] * size)[0] for one in order]
    for one, corner in zip(order, shown, strict=True):
        _draw(picture, corner, one.kind)
    for one, corner in zip(order, shown, strict=True):
        parts = [names[one.label]] if len(classes) > 1 and (mixed or one.kind == ALARM) else []
        parts += [] if one.confidence is None else [f"{one.confidence:.2f}".removeprefix("0")]
        drawing.label(picture, corner, " ".join(parts), LETTERS, COLOURS[one.kind])
    known = scene.nm_per_pixel is not None
    drawing.draw_bar(picture, (scene.nm_per_pixel or 1) / size[0], "nm" if known else "px")
    return picture


def short(classes: Sequence[str]) -> list[str]:
    """Return the beginnings of the names, as short as they can be told apart by.

    >>> short(["Marburg", "Marseille", "Orf"])
    ['Marb', 'Mars', 'Orf']
    """
    lengths = range(LEAST, max(map(len, classes)) + 1)
    return [
        next(
            (one[:n] for n in lengths if sum(other[:n] == one[:n] for other in classes) == 1), one
        ).strip()
        for one in classes
    ]


def _draw(picture: Image.Image, corner: NDArray[np.floating], kind: str) -> None:
    x0, y0, x1, y1 = corner.tolist()
    around = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
    lines = [[*pair] for pair in itertools.pairwise(around)]
    if kind == MISSED:
        lines = [dash for start, end in lines for dash in _dashes(start, end)]
    if kind == ALARM:
        x, y, arm = (x0 + x1) / 2, (y0 + y1) / 2, min(x1 - x0, y1 - y0) / 6
        lines += [[(x - arm, y - s * arm), (x + arm, y + s * arm)] for s in (1, -1)]
    pen = ImageDraw.Draw(picture)
    for colour, width in (("black", WIDTH + 4), (COLOURS[kind], WIDTH)):
        for line in lines:
            pen.line(line, colour, width)


def _dashes(
    start: tuple[float, float], end: tuple[float, float]
) -> list[list[tuple[float, float]]]:
    """Divide a line into dashes, one at each end."""
    a, b = np.array(start), np.array(end)
    long = float(np.hypot(*(b - a)))
    count = max(2, round((long + GAP) / (DASH + GAP)))
    dash = min(DASH, long / (2 * count - 1)) / max(long, 1e-9)
    starts = np.linspace(0, 1 - dash, count)
    return [[tuple(a + (b - a) * s), tuple(a + (b - a) * (s + dash))] for s in starts.tolist()]
