"""The lines of a YOLO label file: `class x y width height`, in fractions of the image."""

import math
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from tem_virus_dataset import typed_number
from tem_virus_dataset.annotations.boxes import (
    CONFIDENCE,
    FEWEST,
    OUTLINE,
    PAST,
    Corners,
    Drawing,
    Drawn,
    Remark,
    are_corners,
    as_number,
    enclosing,
)
from tem_virus_dataset.annotations.folders.faults import Fault
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.micrographs.boxed_micrograph import Box

EXPECTED = "`class x y width height` in fractions of the image"
LARGEST = 1.5  # a fraction above this is no fraction
ROUNDING = 0.01  # by which a centre may lie outside the image
DOTA, KITTI = 8, 15  # numbers before the class; columns, of which the first is the class
_BOX, _OUTLINE = 4, 6  # numbers beside the class: of a box; at least, of an outline


class _LineError(ValueError):
    """What is the matter with a line, and what to do about it."""

    def __init__(self, found: str, kind: str = "", remedy: str = "Correct or remove the line."):
        super().__init__(found)
        self.kind, self.remedy = kind or found, remedy


def read(labels: Blob, class_name: str, classes: Sequence[str]) -> list[Box]:
    """Read a published YOLO label file of which all boxes are of one class.

    Args:
      classes: names in the order of the file's class index.

    Returns:
      Centre x and y, width and height of each box, as fractions of the image's.

    Raises:
      DatasetError: a line that cannot be read, or of another class.
    """
    boxes: list[Box] = []
    for number, line in enumerate(labels.lines(), start=1):
        if not line.strip():
            continue
        try:
            label, values = _numbers(line)
            if len(values) != _BOX:
                raise ValueError(f"{len(values) + 1} numbers")
            x, y, width, height = values
            if not (0 <= x <= 1 and 0 <= y <= 1):
                raise ValueError("centre outside the image")
            if not (0 < width <= 1 and 0 < height <= 1):
                raise ValueError("no size, or larger than the image")
            if label != classes.index(class_name):
                raise ValueError(f"{class_name} is class {classes.index(class_name)}")
        except ValueError as error:
            raise DatasetError(
                f"{_place(labels, number, line, error)}; expected {EXPECTED}. Restore the file."
            ) from error
        boxes.append((x, y, width, height))
    return boxes


def draw(labels: Blob, width: int, height: int) -> Drawing:
    """Read a user's YOLO label file.

    Read are boxes, with or without a confidence behind them, and outlines and oriented boxes, of
    which the enclosing box is taken.

    Args:
      width, height: of the image, in pixels.
    """
    drawing = Drawing()
    for number, line in enumerate(labels.lines(), start=1):
        if not line.strip():
            continue
        try:
            label, corners, remarks = _parsed(line)
            x0, y0, x1, y1 = corners
            pixels = x0 * width, y0 * height, x1 * width, y1 * height
            drawing.add(Drawn(label, pixels, f"line {number}: {line!r:.80}"), width, height)
            x, y = (x0 + x1) / 2, (y0 + y1) / 2
            if not all(-ROUNDING <= value <= 1 + ROUNDING for value in (x, y)):
                raise _LineError("centre outside the image")
        except ValueError as error:
            fault = error if isinstance(error, _LineError) else _LineError(str(error))
            found = _place(labels, number, line, error)
            drawing.faults.append(Fault(fault.kind, labels.where, found, EXPECTED, fault.remedy))
        else:
            drawing.counts.update(remarks)
    drawing.faults.extend(_order([labels]))
    return drawing


def of_another_order(files: Iterable[Path]) -> list[Fault]:
    """Return the fault of label files whose numbers seem to be in another order, all together.

    One file of few boxes does not tell it. Files of other kinds are passed over.
    """
    texts = [path for path in files if path.suffix.casefold() == ".txt"]
    blobs = [Blob(path.read_bytes(), str(path)) for path in texts]
    return _order(blobs, 1 / 3)


def _order(files: Sequence[Blob], share: float = 0.0) -> list[Fault]:
    """Return the fault of lines that hold their numbers in another order.

    * Two corners, x0 y0 x1 y1: read as centre and size, such boxes are wider than their centre is
      far from the border, every one of them, and many reach past it.
    * A confidence before the box: read as if it stood behind, half of the boxes or more reach past
      the border, and none does if it is the first.

    Boxes of particles do neither. Outlines between them are passed over.

    Args:
      share: of boxes that are two corners, how many reach past the border; one at least.
    """
    lines = [line.split()[1:] for labels in files for line in labels.lines() if line.strip()]
    numbers = [_all_numbers(fields) for fields in lines]
    plain, scored = ([box for box in numbers if len(box) == n] for n in (_BOX, _BOX + 1))
    if are_corners(plain, list(map(_reaches_past, plain)), share):
        order = "two corners (x0 y0 x1 y1)"
        remedy = "Export the labels as YOLO again: centre, width, height."
    elif _has_confidence_first(scored):
        order = "a confidence before the box (class confidence x y width height)"
        remedy = "Write the confidence behind the box, or leave it out."
    else:
        return []
    where = files[0].where
    found = f"{where}: {len(numbers)} boxes that look like {order}"
    if len(files) > 1:
        found = f"{where} and {len(files) - 1} more files: boxes that look like {order}"
    return [Fault("order", where, found, EXPECTED, remedy, "file")]


def _has_confidence_first(boxes: Sequence[Sequence[float]]) -> bool:
    past = sum(_reaches_past(box[:_BOX]) for box in boxes)
    is_many = len(boxes) >= FEWEST and 2 * past >= len(boxes)
    return is_many and not any(_reaches_past(box[1:]) for box in boxes)


def _reaches_past(box: Sequence[float]) -> bool:
    """Return whether a box reaches past the border of the image by more than a rounding."""
    x, y, width, height = box
    low, high = min(x - width / 2, y - height / 2), max(x + width / 2, y + height / 2)
    return low < -PAST or high > 1 + PAST


def _all_numbers(fields: Sequence[str]) -> list[float]:
    """Return the numbers of a line; none where a field is no number."""
    try:
        return [typed_number.read(field, float) for field in fields]
    except ValueError:
        return []


def _place(labels: Blob, number: int, line: str, error: ValueError) -> str:
    return f"{labels.where}, line {number}: {line!r:.80} ({error})"


def _parsed(line: str) -> tuple[int, Corners, list[Remark]]:
    """Return the class, the corners in fractions, and what was not taken of a line."""
    label, values = _numbers(line)
    remarks = []
    if len(values) == _BOX + 1:
        if not 0 <= values[-1] <= 1:
            raise _LineError("6 numbers, of which the last is no confidence", "6 numbers")
        values.pop()
        remarks.append(CONFIDENCE)
    _check_keypoints(line.split()[1:])
    if len(values) > _OUTLINE and len(values) % 2 and 0 <= values[-1] <= 1:
        raise _LineError(
            f"{len(values) + 1} numbers, an outline with a confidence?",
            "numbers",
            "Export the labels without confidence (save_conf=False).",
        )
    _check_range(values)
    if len(values) == _BOX:
        x, y, width, height = values
        return label, (x - width / 2, y - height / 2, x + width / 2, y + height / 2), remarks
    if len(values) >= _OUTLINE and len(values) % 2 == 0:
        points = zip(values[::2], values[1::2], strict=True)
        return label, enclosing(points), [OUTLINE]
    raise _LineError(f"{len(values) + 1} numbers", "numbers")


def _numbers(line: str) -> tuple[int, list[float]]:
    """Return the class and the numbers behind it."""
    try:
        fields = [as_number(value) for value in line.split()]
    except ValueError as error:
        _check_commas(line)
        _check_words(line.split())
        raise _LineError(str(error), "words") from error
    if not all(map(math.isfinite, fields)):
        raise ValueError("not finite")
    if not fields[0].is_integer():
        raise ValueError("the class is no whole number")
    return int(fields[0]), fields[1:]


def _check_commas(line: str) -> None:
    fields = line.split()
    decimal = [field for field in fields if re.fullmatch(r"[-+]?\d*,\d+(e[-+]?\d+)?", field)]
    if decimal and len(fields) > _BOX:
        raise _LineError(
            "decimal commas", remedy="Replace the commas by points, or export with another locale."
        )
    if re.search(r"\d\s*[,;]\s*[-\d.]", line):
        sign = "commas" if "," in line else "semicolons"
        raise _LineError(
            f"{sign} between the numbers", "separators", f"Replace the {sign} by blanks."
        )


def _check_words(fields: Sequence[str]) -> None:
    """Name the kinds of labels that have words among their numbers."""
    is_number = [_is_number(field) for field in fields]
    if fields[0].startswith("version") and len(fields) > 1 and "git-lfs" in fields[1]:
        raise _LineError(
            "a pointer of Git LFS", remedy="Run `git lfs pull` in the repository of the labels."
        )
    if fields[0].startswith(("imagesource:", "gsd:")):
        raise _LineError("DOTA's header", remedy="Export as YOLO OBB.")
    if len(fields) > DOTA and all(is_number[:DOTA]) and not is_number[DOTA]:
        raise _LineError("DOTA's four corners and a class", remedy="Export as YOLO OBB.")
    if len(fields) >= KITTI and not is_number[0]:
        raise _LineError("KITTI's columns", remedy="Convert the labels to YOLO or COCO.")
    if len(fields) == 1 + _BOX and not is_number[0] and all(is_number[1:]):
        raise _LineError(
            f"{fields[0]!r:.40} in place of the number of a class",
            "class names",
            "Write the numbers of the classes, which count from 0, and their names in classes.txt.",
        )


def _is_number(text: str) -> bool:
    try:
        typed_number.read(text, float)
    except ValueError:
        return False
    return True


def _check_keypoints(fields: Sequence[str]) -> None:
    """Refuse a box with keypoints (`x y` or `x y visible`), or with the number of a track.

    Read as an outline, it would give a box in another place. Outlines have no whole numbers where
    keypoints have them, unless they touch the border.
    """
    visible = fields[_BOX + 2 :: 3]
    is_track = len(fields) == _OUTLINE and fields[-1].isdigit()
    has_keypoints = len(fields) > _OUTLINE and (len(fields) - _BOX) % 3 == 0
    if is_track or (has_keypoints and all(float(field) in (0, 1, 2) for field in visible)):
        raise _LineError(
            f"{len(fields) + 1} numbers, a box with keypoints or a track?",
            "keypoints",
            "Export boxes alone (YOLO detection).",
        )


def _check_range(values: Sequence[float]) -> None:
    largest = max(map(abs, values), default=0)
    if largest > LARGEST:
        unit = "pixels" if largest > 100 else "pixels or percent"
        raise _LineError(
            f"no fractions, but {unit}?",
            "pixels",
            "Divide x and width by the image's width, y and height by its height (percent by 100), "
            "or export the labels as YOLO again.",
        )
