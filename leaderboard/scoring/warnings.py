"""Warnings about files of detections that are probably not as their author meant them.

Most exports that go wrong write boxes in another usual form, or classes in another order. Each of
these readings is tried where the F1 is low; if one gives a far higher F1, the warning names it.
"""

import dataclasses
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.detection import DIGITS, BoxTruth
from leaderboard.metrics.curves import curve
from leaderboard.metrics.matching import match
from leaderboard.predictions.detection import Detections

LOW_F1 = 0.2  # below it, other readings are tried
GAIN = 0.1  # of F1, that another reading must give
CUT = 0.05  # confidence; a detector reports detections below it

Boxes = NDArray[np.float64]  # (m, 4)
READINGS: dict[str, Callable[[Boxes], Boxes]] = {
    "x and y were the top left corner": lambda box: _from_corners(
        np.hstack([box[:, :2], box[:, :2] + box[:, 2:]])
    ),
    "the numbers were two corners, x1, y1, x2, y2": lambda box: _from_corners(box),
    "the numbers were two corners, y1, x1, y2, x2": lambda box: _from_corners(box[:, [1, 0, 3, 2]]),
}
_CLASSES = "the classes were ignored. Are their names in the right order?"
_EXPECTED = (
    "Expected are x and y of the centre, width and height in pixels of the whole micrograph."
)


def find(files: Sequence[tuple[str, BoxTruth, Detections]]) -> list[str]:
    """Return the warnings about files: the name, ground truth and detections of each."""
    names: dict[str, list[str]] = {}  # of the files, by warning
    for name, truth, detections in files:
        for warning in _of_file(truth, detections):
            names.setdefault(warning, []).append(name)
    return [
        f"{'all files' if len(group) == len(files) else ', '.join(group)}: {warning}"
        for warning, group in names.items()
    ]


def _of_file(truth: BoxTruth, detections: Detections) -> list[str]:
    if not len(detections):
        return ["there is no detection."]
    warnings = []
    if np.median(detections.boxes[:, 2:]) <= 1:
        warnings.append(f"most boxes are no larger than a pixel: are they fractions? {_EXPECTED}")
    elif (f1 := _best_f1(truth, detections)) < LOW_F1:
        warnings.append(_best_reading(truth, detections, f1))
    least, most = detections.confidence[-1], detections.confidence[0]
    if least == most:
        warnings.append("all detections have the same confidence: average precision means little.")
    elif least > CUT:
        warnings.append(
            f"no detection has a confidence below {CUT}. Average precision gains from them: were "
            "they left out?"
        )
    return warnings


def _best_reading(truth: BoxTruth, detections: Detections, f1: float) -> str:
    """Return the warning about a low `f1`; it names the reading that gives far more, if any."""
    readings = {
        f"{reading}. {_EXPECTED}": _best_f1(
            truth, dataclasses.replace(detections, boxes=convert(detections.boxes))
        )
        for reading, convert in READINGS.items()
    }
    readings[_CLASSES] = _best_f1(
        dataclasses.replace(truth, labels=np.zeros_like(truth.labels)),
        dataclasses.replace(detections, labels=np.zeros_like(detections.labels)),
    )
    best = max(readings, key=lambda reading: readings[reading])
    if readings[best] > f1 + GAIN:
        return f"hardly a detection is correct, but far more would be if {best}"
    return f"hardly a detection is correct, at any confidence. {_EXPECTED}"


def _from_corners(corners: Boxes) -> Boxes:
    """Return boxes from x1, y1, x2, y2."""
    low, high = corners[:, :2], corners[:, 2:]
    return np.hstack([(low + high) / 2, np.maximum(high - low, 10.0**-DIGITS)])


def _best_f1(truth: BoxTruth, detections: Detections) -> float:
    """Return the highest F1 over all confidences."""
    matched = match(truth, detections)[0]
    return float(curve(detections.confidence, matched, len(truth.boxes)).f1.max())
