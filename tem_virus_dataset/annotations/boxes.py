"""Boxes of one image: what an annotation file draws, clipped to the image, and drawn once."""

import collections
import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.annotations.faults import Fault

Corners = tuple[float, float, float, float]  # x0, y0, x1, y1 in pixels
SLACK = 0.1  # pixels; a box that reaches past the border by less was only rounded
SAME_IOU = 0.9  # boxes that share more are one that was drawn twice
SAME_PIXELS, SMALLEST = 1.0, 5.0  # so are boxes moved by less, unless they are tiny


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
    known = np.empty((len(boxes), 4))
    for box in boxes:
        known[len(kept)] = box.corners
        is_same = _are_same(known[: len(kept)], known[len(kept)])
        labels = {kept[place].label for place in np.flatnonzero(is_same)}
        if box.label in labels:
            counts[DUPLICATE] += 1
            continue
        counts[TWO_CLASSES] += bool(labels)
        kept.append(box)
    return kept, counts


def _are_same(several: NDArray[np.float64], box: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which of several boxes (n, 4) are drawn over a box, but for a pixel."""
    starts, ends = np.maximum(several[:, :2], box[:2]), np.minimum(several[:, 2:], box[2:])
    sides = (ends - starts).clip(0)
    shared = sides.prod(axis=1)
    areas = (several[:, 2:] - several[:, :2]).prod(axis=1) + (box[2:] - box[:2]).prod()
    moved = np.abs(several - box).max(axis=1, initial=0)
    is_beside = (moved <= SAME_PIXELS) & (sides.min(axis=1, initial=np.inf) >= SMALLEST)
    return (shared >= SAME_IOU * (areas - shared)) | is_beside
