"""Average precision as COCO defines it, AP50 and AP50-95, and both without each micrograph.

AP50-95 is the mean over the ten IoU from 0.50 to 0.95. A class without a box has none, and is left
out of the mean over the classes. Lin et al. 2014, *Microsoft COCO: Common Objects in Context*.
"""

import importlib.util
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.predictions.detection import Detections

IOU_THRESHOLDS = tuple((np.arange(50, 100, 5) / 100).tolist())
RECALLS = np.linspace(0, 1, 101)  # at which the precision is averaged


@dataclass(frozen=True)
class AveragePrecision:
    """By class, (classes,), from 0 to 1; NaN for a class without a box."""

    ap50: NDArray[np.float64]
    ap50_95: NDArray[np.float64]


def is_installed() -> bool:
    """Say whether faster-coco-eval is installed."""
    return importlib.util.find_spec("faster_coco_eval") is not None


def average_precision(
    truth: BoxTruth, detections: Detections, is_correct: NDArray[np.bool_]
) -> AveragePrecision:
    """Compute the average precision of every class, over all confidences.

    faster-coco-eval computes it where it is installed, else the code below, to the same digits, and
    to those of pycocotools: scores of a record are never left unchecked.

    Args:
      detections: in the micrographs of `truth`, in its order; is_correct: (len(IOU_THRESHOLDS),
        detections), see `matching.match`.
    """
    if is_installed():
        return _of_library(truth, detections)
    return of_matches(truth, detections, is_correct)


def _of_library(truth: BoxTruth, detections: Detections) -> AveragePrecision:
    from faster_coco_eval import COCO, COCOeval_faster

    count = len(truth.classes)
    boxes, results = COCO(), COCO()
    boxes.dataset = _coco(truth, truth.micrographs, truth.labels, truth.boxes)
    results.dataset = _coco(truth, detections.micrographs, detections.labels, detections.boxes)
    annotations = results.dataset["annotations"]
    for annotation, confidence in zip(annotations, detections.confidence, strict=True):
        annotation["score"] = float(confidence)
    boxes.createIndex()
    results.createIndex()
    evaluation = COCOeval_faster(boxes, results, "bbox")
    evaluation.params.iouThrs = np.array(IOU_THRESHOLDS)
    evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, 1e12]], ["all"]
    evaluation.params.maxDets = [truth.max_detections]
    evaluation.evaluate()
    evaluation.accumulate()
    precision = evaluation.eval["precision"].reshape(len(IOU_THRESHOLDS), -1, count)
    known = np.where(precision > -1, precision, np.nan)  # -1 marks a class without a box
    by_threshold = known.mean(axis=1)
    return AveragePrecision(by_threshold[0], by_threshold.mean(axis=0))


def _coco(
    truth: BoxTruth,
    micrographs: NDArray[np.int64],
    labels: NDArray[np.int64],
    boxes: NDArray[np.float64],
) -> dict[str, Any]:
    """Return boxes in COCO's format, numbered from 1: its evaluation takes id 0 for no match."""
    size = boxes[:, 2:]
    corners = np.hstack([boxes[:, :2] - size / 2, size])
    return {
        "images": [{"id": number + 1} for number in range(len(truth))],
        "categories": [{"id": label + 1} for label in range(len(truth.classes))],
        "annotations": [
            {
                "id": number + 1,
                "image_id": int(micrograph) + 1,
                "category_id": int(label) + 1,
                "bbox": corner.tolist(),
                "area": float(corner[2] * corner[3]),
                "iscrowd": 0,
            }
            for number, (micrograph, label, corner) in enumerate(
                zip(micrographs, labels, corners, strict=True)
            )
        ],
    }


# The jackknife needs the average precision without each micrograph. The library would match every
# box again each time. But matching happens within one micrograph, so it is done once. Of the curve
# only the correct detections matter: between them, precision falls. Without a micrograph, the
# number of detections and of correct ones before each correct detection are those of all, less its
# own. So all curves of a class are one small array, and with nothing left out the result is that of
# the library; a test compares them, and both with pycocotools.


def without_each(
    truth: BoxTruth, detections: Detections, is_correct: NDArray[np.bool_]
) -> dict[str, NDArray[np.float64]]:
    """Return the mean over the classes of AP50 and AP50-95 without each micrograph.

    The others of its class count m / (m - 1) times, to first order.

    Args:
      is_correct: (len(IOU_THRESHOLDS), detections), the most confident first.

    Returns:
      `ap50` and `ap50_95`, (micrographs,) each. A class without a box is left out of the mean; 0
      where no class has a box.
    """
    means = left_out(truth, detections, is_correct)[:, 1:]
    # a difference of plainly leaving out is m / (m - 1) times as large with the weights above
    _, index, numbers = np.unique(truth.strata, return_inverse=True, return_counts=True)
    scale = (numbers / np.maximum(numbers - 1, 1))[index]
    centre = np.stack([np.bincount(index, row) for row in means])[:, index] / numbers[index]
    scaled = centre + (means - centre) * scale
    return {"ap50": scaled[0], "ap50_95": scaled.mean(axis=0)}


def of_matches(
    truth: BoxTruth, detections: Detections, is_correct: NDArray[np.bool_]
) -> AveragePrecision:
    """Compute the average precision of every class without the library; takes the same."""
    found = np.full((len(IOU_THRESHOLDS), len(truth.classes)), np.nan)
    for label in np.unique(truth.labels):
        found[:, label] = _of_label(truth, detections, is_correct, label)[:, 0]
    return AveragePrecision(found[0], found.mean(axis=0))


def left_out(
    truth: BoxTruth, detections: Detections, is_correct: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return the mean over the classes of the average precision, (thresholds, 1 + micrographs).

    The first is that of all micrographs, the others leave one out each. Takes what `without_each`
    does.
    """
    total = np.zeros((len(is_correct), 1 + len(truth)))
    present = np.unique(truth.labels)
    for label in present:
        total += _of_label(truth, detections, is_correct, label)
    return total / max(len(present), 1)


def _of_label(
    truth: BoxTruth, detections: Detections, is_correct: NDArray[np.bool_], label: int
) -> NDArray[np.float64]:
    """Return the same of one class, by its number."""
    rows = np.flatnonzero(detections.labels == label)
    boxes = np.bincount(truth.micrographs[truth.labels == label], minlength=len(truth))
    return _of_class(detections.micrographs[rows], is_correct[:, rows], boxes)


def _of_class(
    micrographs: NDArray[np.int64], is_correct: NDArray[np.bool_], boxes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the same of one class, (thresholds, 1 + micrographs).

    COCO's rule: the precision at a recall is the highest at this recall or above, and 0 at a recall
    that is never reached; the average is over the recalls 0, 0.01, ..., 1. Where a micrograph has
    all boxes of the class, it is left in.

    Args:
      micrographs: (m,) of each detection; is_correct: (thresholds, m); boxes: (micrographs,).
    """
    involved = np.flatnonzero((np.bincount(micrographs, minlength=len(boxes)) + boxes) > 0)
    involved = involved[boxes[involved] < boxes.sum()]
    # the first row leaves out nothing
    is_own = np.vstack([np.zeros(len(micrographs), bool), micrographs == involved[:, None]])
    own = np.cumsum(is_own, axis=1, dtype=np.int32)
    left = boxes.sum() - np.append(0, boxes[involved])
    # correct detections by recall; COCO compares quotients, whose rounding may take one more
    needed = np.ceil(RECALLS * left[:, None] - 1e-9).astype(np.int64)
    needed += needed / left[:, None] < RECALLS
    result = np.empty((len(is_correct), 1 + len(boxes)))
    for level, of_level in enumerate(is_correct):
        places = np.flatnonzero(of_level)
        kept = ~is_own[:, places]
        correct = np.cumsum(kept, axis=1)
        number = places + 1 - own[:, places]
        precision = np.where(kept, correct / np.maximum(number, 1), 0.0)
        highest = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
        by_correct = np.zeros((len(kept), int(left.max(initial=0)) + 2))
        rows, columns = np.nonzero(kept)
        by_correct[rows, correct[rows, columns]] = highest[rows, columns]
        if len(places):
            by_correct[:, 0] = highest[:, 0]
        values = np.take_along_axis(by_correct, needed, axis=1).mean(axis=1)
        result[level] = values[0]
        result[level, 1 + involved] = values[1:]
    return result
