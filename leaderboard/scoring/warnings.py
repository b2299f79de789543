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

OUTSIDE = 0.005  # share of the boxes that no part of their micrograph holds
REPEATED = 0.05  # share of the detections that are there already, to a pixel
SIDES = (224, 256, 320, 416, 512, 640, 768, 800, 1024, 1280)  # to which images are often resized
FACTORS = (0.1, 10.0)  # between which another scale is looked for

Boxes = NDArray[np.float64]  # (m, 4)
READINGS: dict[str, Callable[[Boxes], Boxes]] = {
    "x and y were the top left corner": lambda box: _from_corners(
        np.hstack([box[:, :2], box[:, :2] + box[:, 2:]])
    ),
    "the numbers were two corners, x1, y1, x2, y2": lambda box: _from_corners(box),
    "the numbers were two corners, y1, x1, y2, x2": lambda box: _from_corners(box[:, [1, 0, 3, 2]]),
    "x and y, and width and height, were exchanged": lambda box: box[:, [1, 0, 3, 2]],
    "width and height were half of it": lambda box: box * [1, 1, 0.5, 0.5],
    "width and height were twice as large": lambda box: box * [1, 1, 2, 2],
}
_CLASSES = "the classes were ignored. Are their names in the right order?"
_EXPECTED = (
    "Expected are x and y of the centre, width and height in pixels of the whole micrograph."
)


def find(files: Sequence[tuple[str, BoxTruth, Detections]]) -> list[str]:
    """Return the warnings about files: the name, ground truth and detections of each."""
    names: dict[str, list[str]] = {}  # of the files, by warning
    for name, truth, detections in files:
        for warning in of_file(truth, detections):
            names.setdefault(warning, []).append(name)
    return [
        f"{'all files' if len(group) == len(files) else ', '.join(group)}: {warning}"
        for warning, group in names.items()
    ]


def of_file(truth: BoxTruth, detections: Detections) -> list[str]:
    """Return what is probably wrong with the detections of one file, a sentence each."""
    if not len(detections):
        return ["there is no detection."]
    warnings = []
    if np.median(detections.boxes[:, 2:]) <= 1:
        warnings.append(f"most boxes are no larger than a pixel: are they fractions? {_EXPECTED}")
    elif (f1 := _best_f1(truth, detections)) < LOW_F1:
        warnings.append(_best_reading(truth, detections, f1))
    else:
        warnings += _of_places(truth, detections)
    least, most = detections.confidence[-1], detections.confidence[0]
    if least == most:
        warnings.append("all detections have the same confidence: average precision means little.")
    elif least > CUT:
        warnings.append(
            f"no detection has a confidence below {CUT}. Average precision gains from them: were "
            "they left out?"
        )
    return warnings


def _of_places(truth: BoxTruth, detections: Detections) -> list[str]:
    """Return the warnings about boxes outside of their micrographs, and about repeated ones."""
    centres, sizes = detections.boxes[:, :2], detections.boxes[:, 2:]
    low, high = centres - sizes / 2, centres + sizes / 2
    is_outside = ((high <= 0) | (low >= truth.sizes[detections.micrographs])).any(axis=1)
    found = []
    rows = np.column_stack([detections.micrographs, detections.labels, detections.boxes.round()])
    if is_outside.mean() > OUTSIDE:
        found.append(
            f"{is_outside.sum():,} of {len(rows):,} boxes lie outside of their micrograph. "
            f"{_EXPECTED}"
        )
    repeated = 1 - len(np.unique(rows, axis=0)) / len(rows)
    if repeated > REPEATED:
        found.append(
            f"{repeated:.0%} of the detections repeat another of their class, and each repetition "
            "is a false positive. Was non-maximum suppression left out?"
        )
    return found


def _of_scales(truth: BoxTruth, detections: Detections) -> dict[str, Boxes]:
    """Return the boxes as they would be in pixels of the whole micrograph, by what they may be in.

    One scale for all is estimated from the sizes of the boxes; others follow from each micrograph.
    """
    found = {}
    ratio = float(np.median(truth.boxes[:, 2:]) / np.median(detections.boxes[:, 2:]))
    if FACTORS[0] < ratio < FACTORS[1]:
        found[f"all numbers were {ratio:.2g} times as large. Are they of resized images?"] = (
            detections.boxes * ratio
        )
    sizes = truth.sizes[detections.micrographs].astype(np.float64)
    longest = sizes.max(axis=1, keepdims=True)
    for side in SIDES:
        found[f"they were of images whose longer side has {side} pixels"] = (
            detections.boxes * longest / side
        )
    scale = truth.nm_per_pixel[detections.micrographs][:, None]
    if np.isfinite(scale).all():
        found["they were in nm"] = detections.boxes / scale
    below = detections.boxes.copy()
    below[:, 1] = sizes[:, 1] - below[:, 1]
    found["y was counted from the lower edge"] = below
    return found


def _best_reading(truth: BoxTruth, detections: Detections, f1: float) -> str:
    """Return the warning about a low `f1`; it names the reading that gives far more, if any."""
    boxes = {reading: convert(detections.boxes) for reading, convert in READINGS.items()}
    boxes |= _of_scales(truth, detections)
    readings = {
        f"{reading}{'' if reading[-1] == '?' else '.'} {_EXPECTED}": _best_f1(
            truth, dataclasses.replace(detections, boxes=converted)
        )
        for reading, converted in boxes.items()
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
