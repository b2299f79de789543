"""A micrograph with its correct detections, missed particles and false positives drawn in."""

import itertools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from benchmark.detection.data import Scene
from benchmark.report.matches import CORRECT, FALSE_POSITIVE, MISSED, MatchedBox
from tem_virus_dataset.micrographs import drawing
from tem_virus_dataset.networks.boxes import corners

SIDE = 900  # pixels of the longer side
LETTERS = 27  # pixels: 10 where a telephone shows the image 334 pixels wide
WIDTH = 4  # pixels of a line, with black at both sides of it
DASH, GAP = 14, 10  # pixels of a dashed line
COLOURS = {  # as in site/templates/style.css
    CORRECT: "#56B4E9",
    MISSED: "#F0E442",
    FALSE_POSITIVE: "#FF7A33",
}
LEAST = 3  # letters of a class's name


def draw(scene: Scene, boxes: Sequence[MatchedBox], classes: Sequence[str]) -> Image.Image:
    """Draw the boxes: correct ones solid, missed ones dashed, false positives with a cross.

    A detection has its confidence, ".74" is 0.74. A false positive also has the beginning of the
    name of its class, and so has every box in a micrograph of several classes.

    Args:
      boxes: in the scene's pixels.
    """
    height, width = scene.image.shape
    picture = drawing.gray(scene.image, SIDE / max(height, width))
    size = np.tile([picture.width / width, picture.height / height], 2)
    names = short(classes)
    mixed = len({box.label for box in boxes if box.kind != FALSE_POSITIVE}) > 1
    order = sorted(boxes, key=lambda box: (FALSE_POSITIVE, MISSED, CORRECT).index(box.kind))
    scaled = [corners(box.box[None] * size)[0] for box in order]
    for box, corner in zip(order, scaled, strict=True):
        _draw(picture, corner, box.kind)
    for box, corner in zip(order, scaled, strict=True):
        named = len(classes) > 1 and (mixed or box.kind == FALSE_POSITIVE)
        parts = [names[box.label]] if named else []
        parts += [] if box.confidence is None else [f"{box.confidence:.2f}".removeprefix("0")]
        drawing.label(picture, corner, " ".join(parts), LETTERS, COLOURS[box.kind])
    known = scene.nm_per_pixel is not None
    drawing.draw_bar(picture, (scene.nm_per_pixel or 1) / size[0], "nm" if known else "px")
    return picture


def short(classes: Sequence[str]) -> list[str]:
    """Return the shortest beginnings of the names that are distinct.

    >>> short(["Marburg", "Marseille", "Orf"])
    ['Marb', 'Mars', 'Orf']
    """
    lengths = range(LEAST, max(map(len, classes)) + 1)
    return [
        next(
            (name[:n] for n in lengths if sum(other[:n] == name[:n] for other in classes) == 1),
            name,
        ).strip()
        for name in classes
    ]


def _draw(picture: Image.Image, corner: NDArray[np.floating], kind: str) -> None:
    x0, y0, x1, y1 = corner.tolist()
    around = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
    lines = [[*pair] for pair in itertools.pairwise(around)]
    if kind == MISSED:
        lines = [dash for start, end in lines for dash in _dashes(start, end)]
    if kind == FALSE_POSITIVE:
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
