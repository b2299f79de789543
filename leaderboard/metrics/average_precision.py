"""Average precision as COCO defines it, AP50 and AP50-95, and its bootstrap.

AP50-95 is the mean over the ten IoU from 0.50 to 0.95. A class without a box has none, and is left
out of the mean over the classes. Lin et al. 2014, *Microsoft COCO: Common Objects in Context*.
"""

import contextlib
import importlib.util
import io
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.metrics.matching import NONE, match
from leaderboard.predictions.detection import Detections

IOU_THRESHOLDS = tuple((np.arange(50, 100, 5) / 100).tolist())
RECALLS = np.linspace(0, 1, 101)  # at which the precision is averaged
_BATCH = 50  # draws; memory is that many times the detections of a class


@dataclass(frozen=True)
class AveragePrecision:
    """By class, (classes,), from 0 to 1; NaN for a class without a box."""

    ap50: NDArray[np.float64]
    ap50_95: NDArray[np.float64]


def is_installed() -> bool:
    """Say whether pycocotools is installed."""
    return importlib.util.find_spec("pycocotools") is not None


def average_precision(truth: BoxTruth, detections: Detections) -> AveragePrecision:
    """Compute the average precision of every class with pycocotools, over all confidences.

    Args:
      detections: in the micrographs of `truth`, in its order.
    """
    from pycocotools.coco import COCO  # here: scores at a threshold need no pycocotools
    from pycocotools.cocoeval import COCOeval

    count = len(truth.classes)
    with contextlib.redirect_stdout(io.StringIO()):  # it prints its progress
        boxes, results = COCO(), COCO()
        boxes.dataset = _coco(truth, truth.micrographs, truth.labels, truth.boxes)
        results.dataset = _coco(truth, detections.micrographs, detections.labels, detections.boxes)
        annotations = results.dataset["annotations"]
        for annotation, confidence in zip(annotations, detections.confidence, strict=True):
            annotation["score"] = float(confidence)
        boxes.createIndex()
        results.createIndex()
        evaluation = COCOeval(boxes, results, "bbox")
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
    """Return boxes in COCO's format, numbered from 1: pycocotools takes id 0 for no match."""
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


# A bootstrap needs the average precision of a thousand resampled test sets, in which a micrograph
# occurs several times or not at all. pycocotools would match every box again in each of them, which
# takes minutes. But matching happens within one micrograph, so it does not depend on the draw: it
# is done once, and each draw only weights the detections and boxes by how often their micrograph
# was drawn. With all weights 1 the result is that of pycocotools; a test compares them.


def draws(
    truth: BoxTruth, detections: Detections, weights: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return the mean over the classes of AP50 and AP50-95 in every draw of a bootstrap.

    Args:
      weights: (draws, micrographs) how often each draw takes each, see `intervals.weights`.

    Returns:
      `ap50` and `ap50_95`, (draws,) each. A class without a box in a draw is left out of its mean;
      0 where no class has a box.
    """
    is_correct = match(truth, detections, IOU_THRESHOLDS) != NONE
    by_class = np.full((len(weights), len(IOU_THRESHOLDS), len(truth.classes)), np.nan)
    for label in range(len(truth.classes)):
        rows = np.flatnonzero(detections.labels == label)
        boxes = np.bincount(truth.micrographs[truth.labels == label], minlength=len(truth))
        for first in range(0, len(weights), _BATCH):
            batch = weights[first : first + _BATCH]
            counts = batch[:, detections.micrographs[rows]]
            for level in range(len(IOU_THRESHOLDS)):
                by_class[first : first + len(batch), level, label] = _weighted_ap(
                    counts, is_correct[level, rows], batch @ boxes
                )
    known = ~np.isnan(by_class)
    means = np.where(known, by_class, 0).sum(axis=2) / known.sum(axis=2).clip(1)
    return {"ap50": means[:, 0], "ap50_95": means.mean(axis=1)}


def _weighted_ap(
    counts: NDArray[np.float64], is_correct: NDArray[np.bool_], boxes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the average precision of one class at one IoU, (draws,); NaN without a box.

    COCO's rule: the precision at a recall is the highest at this recall or above, and 0 at a recall
    that is never reached; the average is over the recalls 0, 0.01, ..., 1.

    Args:
      counts: (draws, m) how often each detection counts, the most confident first; is_correct: (m,)
      boxes: (draws,) their number in each draw.
    """
    correct, number = np.cumsum(counts * is_correct, axis=1), np.cumsum(counts, axis=1)
    precision = np.divide(correct, number, out=np.zeros_like(correct), where=number > 0)
    envelope = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]
    padded = np.hstack([envelope, np.zeros((len(counts), 1))])
    result = np.full(len(counts), np.nan)
    for draw in np.flatnonzero(boxes):
        reached = np.searchsorted(correct[draw] / boxes[draw], RECALLS, side="left")
        result[draw] = padded[draw, reached].mean()
    return result
