"""What looks wrong with files of detections, though nothing forbids it.

Most exports that go wrong write their boxes in another of the usual ways, or names of classes in
another order: if one of these readings finds far more, it is told.
"""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.detection import DIGITS, BoxTable
from leaderboard.metrics.curves import curve
from leaderboard.metrics.matching import match
from leaderboard.predictions.detection import Detections

LOW = 0.2  # F1 below which other readings are tried,
BETTER = 0.1  # and by how much more one of them must give
CUT = 0.05  # confidence; a detector's finds begin below it

Boxes = NDArray[np.float64]  # (m, 4)
READINGS: dict[str, Callable[[Boxes], Boxes]] = {
    "x and y were the top left corner": lambda box: _of_corners(
        np.hstack([box[:, :2], box[:, :2] + box[:, 2:]])
    ),
    "the numbers were two corners, x1, y1, x2, y2": lambda box: _of_corners(box),
    "the numbers were two corners, y1, x1, y2, x2": lambda box: _of_corners(box[:, [1, 0, 3, 2]]),
}
_CLASSES = "the classes were not looked at. Are their names in the right order?"
_EXPECTED = (
    "Expected are x and y of the centre, width and height in pixels of the whole micrograph."
)


def of(files: Sequence[tuple[str, BoxTable, Detections]]) -> list[str]:
    """Return the doubts about files, of each the name, what is right, and what was found."""
    groups: dict[str, list[str]] = {}
    for name, table, found in files:
        for doubt in _of_one(table, found):
            groups.setdefault(doubt, []).append(name)
    return [
        f"{'all files' if len(names) == len(files) else ', '.join(names)}: {doubt}"
        for doubt, names in groups.items()
    ]


def _of_one(table: BoxTable, found: Detections) -> list[str]:
    if not len(found):
        return ["nothing was found."]
    said = []
    if np.median(found.boxes[:, 2:]) <= 1:
        said.append(f"most boxes are no larger than a pixel: are they fractions? {_EXPECTED}")
    elif (f1 := _best_f1(table, found)) < LOW:
        said.append(_misread(table, found, f1))
    least, most = found.confidence[-1], found.confidence[0]
    if least == most:
        said.append("all finds have the same confidence: average precision says little.")
    elif least > CUT:
        said.append(
            f"no find has a confidence below {CUT}, which average precision would gain from. "
            "Were the less sure ones left out?"
        )
    return said


def _misread(table: BoxTable, found: Detections, f1: float) -> str:
    """Say which reading gives far more than `f1`, if one does."""
    others = {
        f"{reading}. {_EXPECTED}": _best_f1(
            table, dataclasses.replace(found, boxes=read(found.boxes))
        )
        for reading, read in READINGS.items()
    }
    others[_CLASSES] = _best_f1(
        dataclasses.replace(table, labels=np.zeros_like(table.labels)),
        dataclasses.replace(found, labels=np.zeros_like(found.labels)),
    )
    reading = max(others, key=lambda one: others[one])
    if others[reading] > f1 + BETTER:
        return f"hardly a find is right, but far more were if {reading}"
    return f"hardly a find is right, at whatever confidence. {_EXPECTED}"


def _of_corners(corners: Boxes) -> Boxes:
    """Return boxes from x1, y1, x2, y2."""
    low, high = corners[:, :2], corners[:, 2:]
    return np.hstack([(low + high) / 2, np.maximum(high - low, 10.0**-DIGITS)])


def _best_f1(table: BoxTable, found: Detections) -> float:
    """Return the highest F1 over all confidences."""
    return float(curve(found.confidence, match(table, found)[0], len(table.boxes)).f1.max())
