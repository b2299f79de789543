"""Boxes of one image: what an annotation file draws, clipped to the image, and drawn once."""

import collections
import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from tem_virus_dataset.annotations.faults import Fault

Corners = tuple[float, float, float, float]  # x0, y0, x1, y1 in pixels
SLACK = 0.1  # pixels; a box that reaches past the border by less was only rounded
SAME_IOU, SAME_PIXELS, SMALLEST = 0.9, 1.0, 5.0


class Drawn(NamedTuple):
    """A box, the index or the name of its class, and its place in the file, such as "line 3"."""

    label: int | str
    corners: Corners
    place: str = ""


class Remark(NamedTuple):
    """What is counted while boxes are read: "3 boxes cut off at the border"."""

    noun: str
    rest: str


CUT = Remark("box", "cut off at the border")
CROWD = Remark("crowd", "left out")
OUTLINE = Remark("outline", "replaced by the enclosing box")
BOXED_OUTLINE = Remark("outline", "not used beside the box that is stated")
CONFIDENCE = Remark("confidence", "not used")
DUPLICATE = Remark("box", "drawn twice, left out")
TWO_CLASSES = Remark("box", "drawn with two classes, both kept")


@dataclasses.dataclass(frozen=True)
class Drawing:
    """What one annotation file draws on its image.

    Attributes:
      boxes: inside the image, with their classes.
      counts: of remarks; faults: of what cannot be read.
    """

    boxes: list[Drawn] = dataclasses.field(default_factory=list)
    counts: collections.Counter[Remark] = dataclasses.field(default_factory=collections.Counter)
    faults: list[Fault] = dataclasses.field(default_factory=list)

    def add(self, box: Drawn, width: int, height: int) -> None:
        """Clip a box to its image and keep it; raises what `clip_box` raises."""
        inside, is_cut = clip_box(box.corners, width, height)
        self.boxes.append(box._replace(corners=inside))
        self.counts[CUT] += is_cut


def clip_box(corners: Corners, width: int, height: int) -> tuple[Corners, bool]:
    """Clip a box to its image.

    Returns:
      The box inside the image, and whether it was clipped.

    Raises:
      ValueError: not finite, of no size, or wholly outside; without the file's name.
    """
    x0, y0, x1, y1 = corners
    if not all(math.isfinite(value) for value in corners):
        raise ValueError("not finite")
    if x1 <= x0 or y1 <= y0:
        raise ValueError("of no size")
    inside = max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))
    if inside[2] <= inside[0] or inside[3] <= inside[1]:
        raise ValueError(f"outside the image of {width}x{height} pixels")
    moved = max(abs(new - old) for new, old in zip(inside, corners, strict=True))
    return inside, moved > SLACK


def enclosing(points: Iterable[Sequence[float]]) -> Corners:
    """Return the box around points; raises `ValueError` where there are none."""
    x, y = zip(*((float(x), float(y)) for x, y in points), strict=True)
    return min(x), min(y), max(x), max(y)


def drawn_once(boxes: Sequence[Drawn]) -> tuple[list[Drawn], collections.Counter[Remark]]:
    """Leave out boxes that were drawn twice, and count those with two classes.

    A double click draws a second box a pixel beside the first. Two particles of one class never
    share nine tenths of their boxes. A box of two classes is kept twice: which is correct is not
    known here.
    """
    kept: list[Drawn] = []
    counts: collections.Counter[Remark] = collections.Counter()
    for box in boxes:
        same = {other.label for other in kept if _is_same(box.corners, other.corners)}
        if box.label in same:
            counts[DUPLICATE] += 1
            continue
        counts[TWO_CLASSES] += bool(same)
        kept.append(box)
    return kept, counts


def _is_same(one: Corners, other: Corners) -> bool:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return False
    areas = [(x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in (one, other)]
    if width * height >= SAME_IOU * (sum(areas) - width * height):
        return True
    moved = max(abs(a - b) for a, b in zip(one, other, strict=True))
    return moved <= SAME_PIXELS and min(width, height) >= SMALLEST
