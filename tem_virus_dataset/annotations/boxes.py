"""Boxes of one image: what an annotation file draws, clipped to the image, and drawn once."""

import collections
import dataclasses
import math
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset import typed_number
from tem_virus_dataset.annotations.folders.faults import Fault

Corners = tuple[float, float, float, float]  # x0, y0, x1, y1 in pixels
NUMBERS = 4  # of a box
FEWEST, PAST = 3, 0.01  # boxes that are told from corners; fraction that is no rounding
SLACK = 0.1  # pixels; a box that reaches past the border by less was only rounded
SAME_IOU = 0.9  # boxes that share more are one that was drawn twice
_ROWS = 256  # boxes that are compared with all others at once
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
CROWD = Remark("crowd", "left out (write iscrowd 0 where it is one particle)")
MASK = Remark("mask", "marked as a crowd, as CVAT marks each, kept as a particle")
DIFFICULT = Remark("box", "marked as difficult, kept")
IGNORED = Remark("box", "marked to be ignored, kept")
OUTLINE = Remark("outline", "replaced by the enclosing box")
BOXED_OUTLINE = Remark("outline", "not used beside the box that is stated")
JOINED = Remark("outline", "joined with others of their group (clear group_id to separate them)")
ROTATED = Remark("rotated box", "replaced by the enclosing box")
CONFIDENCE = Remark("confidence", "not used")
DUPLICATE = Remark("box", "drawn twice, left out")
TWO_CLASSES = Remark("box", "drawn with two classes, both kept")


@dataclasses.dataclass(frozen=True)
class Drawing:
    """What one annotation file draws on its image.

    Attributes:
      boxes: inside the image, with their classes.
      counts: of remarks; faults: of what cannot be read.
      images: names of images that the file states itself.
    """

    boxes: list[Drawn] = dataclasses.field(default_factory=list)
    counts: collections.Counter[Remark] = dataclasses.field(default_factory=collections.Counter)
    faults: list[Fault] = dataclasses.field(default_factory=list)
    images: list[str] = dataclasses.field(default_factory=list)

    def add(self, box: Drawn, width: int, height: int) -> None:
        """Clip a box to its image and keep it; raises what `clip_box` raises."""
        inside, is_cut = clip_box(box.corners, width, height)
        self.boxes.append(box._replace(corners=inside))
        self.counts[CUT] += is_cut


def as_number(text: str) -> float:
    """Return the number in a text; raises `ValueError` that shows what is none."""
    try:
        return typed_number.read(text, float)
    except ValueError:
        raise ValueError(f"{text!r:.40} is no number") from None


def as_degrees(stated: object) -> float:
    """Return the `rotation` that CVAT states beside a box, 0 where it states none.

    Raises:
      ValueError: it is no number; the text names it.
    """
    try:
        degrees = as_number(str(stated or 0).strip())
    except ValueError:
        degrees = math.nan
    if not math.isfinite(degrees):
        raise ValueError(f"{stated!r:.40} as its rotation, not degrees")
    return degrees


def coco_bbox(stated: object) -> list[float]:
    """Return x, y, width, height of a COCO annotation; raises `ValueError` where it has others."""
    if not isinstance(stated, Sequence) or isinstance(stated, str):
        raise ValueError(f"a bbox of the kind {type(stated).__name__}, not a list")
    if len(stated) != NUMBERS:
        raise ValueError(f"a bbox of {len(stated)} numbers, not {NUMBERS}")
    return [float(value) for value in stated]


def are_corners(boxes: Sequence[Sequence[float]], are_past: Sequence[bool], share: float) -> bool:
    """Return whether boxes are two corners, x0, y0, x1, y1, by all signs.

    Read as a place and a size, each is wider than it is far from the left and higher than from the
    top, and some reach past the border. Boxes of particles do not. One that is larger than the
    image is left aside: corners lie within it.

    Args:
      boxes: four numbers of each, in fractions of the image; are_past: which reach past the border,
        read as their format has them; share: how many must, one at least.
    """
    pairs = zip(boxes, are_past, strict=True)
    inside = [(box, is_past) for box, is_past in pairs if max(box[2:]) <= 1 + PAST]
    is_larger = all(width > x and height > y for (x, y, width, height), _ in inside)
    least = max(1, share * len(inside))
    return len(inside) >= FEWEST and is_larger and sum(past for _, past in inside) >= least


def turned(corners: Corners, degrees: float) -> Corners:
    """Return the box that encloses a box turned around its centre."""
    x0, y0, x1, y1 = corners
    cosine, sine = (abs(turn(math.radians(degrees))) for turn in (math.cos, math.sin))
    width, height = x1 - x0, y1 - y0
    wide, high = width * cosine + height * sine, width * sine + height * cosine
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    return x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def clip_box(corners: Corners, width: int, height: int) -> tuple[Corners, bool]:
    """Clip a box to its image.

    Returns:
      The box inside the image, and whether it was clipped.

    Raises:
      ValueError: not finite, of no size, wholly outside, or within the first pixel, as where
        fractions of the image stand in place of pixels; without the file's name.
    """
    x0, y0, x1, y1 = corners
    if not all(math.isfinite(value) for value in corners):
        raise ValueError("not finite")
    if x1 <= x0 or y1 <= y0:
        raise ValueError("of no size")
    if min(corners) >= 0 and max(corners) <= 1:
        raise ValueError("no pixels, but fractions of the image?")
    inside = max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))
    if inside[2] <= inside[0] or inside[3] <= inside[1]:
        raise ValueError(f"outside the image of {width}x{height} pixels")
    moved = max(abs(new - old) for new, old in zip(inside, corners, strict=True))
    return inside, moved > SLACK


def enclosing(points: Iterable[Sequence[float]]) -> Corners:
    """Return the box around points; raises `ValueError` where there are none, or not finite."""
    corners = [(float(x), float(y)) for x, y in points]
    if not corners:
        raise ValueError("an outline without points")
    if not all(math.isfinite(value) for point in corners for value in point):
        raise ValueError("not finite")  # min and max would pass over it
    x, y = zip(*corners, strict=True)
    return min(x), min(y), max(x), max(y)


def around(outline: Sequence[Any]) -> Corners:
    """Return the box around polygons, each of which is a list x, y, x, y ..."""
    polygons = outline if isinstance(outline[0], Sequence) else [outline]
    if any(len(polygon) % 2 for polygon in polygons):
        raise ValueError("an outline with an odd number of coordinates")
    return enclosing(point for p in polygons for point in zip(p[::2], p[1::2], strict=True))


def drawn_once(boxes: Sequence[Drawn]) -> tuple[list[Drawn], collections.Counter[Remark]]:
    """Leave out boxes that were drawn twice, and count those with two classes.

    A double click draws a second box a pixel beside the first. Two particles of one class never
    share nine tenths of their boxes. A box of two classes is kept twice: which is correct is not
    known here.
    """
    counts: collections.Counter[Remark] = collections.Counter()
    earlier = _earlier([box.corners for box in boxes])
    left_out: set[int] = set()
    for place, alike in sorted(earlier.items()):
        kept = {boxes[other].label for other in alike if other not in left_out}
        if boxes[place].label in kept:
            counts[DUPLICATE] += 1
            left_out.add(place)
        else:
            counts[TWO_CLASSES] += bool(kept)
    return [box for place, box in enumerate(boxes) if place not in left_out], counts


def _earlier(corners: Sequence[Corners]) -> dict[int, list[int]]:
    """Return the places of the boxes before a box that are drawn over it, but for a pixel."""
    boxes = np.array(corners, np.float64).reshape(-1, 4)
    starts = boxes[:, :2].T
    # boxes that share nine tenths begin within a ninth of their side of each other
    reach = np.maximum(SAME_PIXELS, (boxes[:, 2:] - boxes[:, :2]).T / 8)
    found: dict[int, list[int]] = {}
    for begin in range(0, len(boxes), _ROWS):
        rows = slice(begin, begin + _ROWS)
        x_is_near, y_is_near = (
            np.abs(start[rows, None] - start) <= distance[rows, None]
            for start, distance in zip(starts, reach, strict=True)
        )
        one, other = np.nonzero(np.tril(x_is_near & y_is_near, begin - 1))
        is_same = _are_same(boxes[begin + one], boxes[other])
        for place, before in zip(one[is_same].tolist(), other[is_same].tolist(), strict=True):
            found.setdefault(begin + place, []).append(before)
    return found


def _are_same(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which boxes (..., 4) share nearly everything, or are moved by a pixel."""
    starts = np.maximum(one[..., :2], other[..., :2])
    sides = (np.minimum(one[..., 2:], other[..., 2:]) - starts).clip(0)
    shared = sides.prod(axis=-1)
    areas = sum((box[..., 2:] - box[..., :2]).prod(axis=-1) for box in (one, other))
    moved = np.abs(one - other).max(axis=-1)
    is_beside = (moved <= SAME_PIXELS) & (sides.min(axis=-1) >= SMALLEST)
    return (shared >= SAME_IOU * (areas - shared)) | is_beside
