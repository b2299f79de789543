"""Average precision by pycocotools, as COCO defines it: AP50, and AP50-95.

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

from leaderboard.ground_truth.detection import BoxTable
from leaderboard.predictions.detection import Detections
from leaderboard.predictions.detection_rows import MOST

LEVELS = tuple((np.arange(50, 100, 5) / 100).tolist())  # IoU


@dataclass(frozen=True)
class AveragePrecision:
    """By class, (classes,), from 0 to 1; NaN for a class without a box."""

    ap50: NDArray[np.float64]
    ap50_95: NDArray[np.float64]


def is_installed() -> bool:
    """Say whether pycocotools can be had."""
    return importlib.util.find_spec("pycocotools") is not None


def average_precision(table: BoxTable, found: Detections) -> AveragePrecision:
    """Compute the average precision of every class, over all confidences.

    Args:
      found: in the micrographs of `table`, in its order.
    """
    from pycocotools.coco import COCO  # only here: scoring at a confidence does without
    from pycocotools.cocoeval import COCOeval

    count = len(table.classes)
    with contextlib.redirect_stdout(io.StringIO()):  # it prints as it goes
        truth, results = COCO(), COCO()
        truth.dataset = _dataset(table, table.micrographs, table.labels, table.boxes)
        results.dataset = _dataset(table, found.micrographs, found.labels, found.boxes)
        for one, sure in zip(results.dataset["annotations"], found.confidence, strict=True):
            one["score"] = float(sure)
        truth.createIndex()
        results.createIndex()
        done = COCOeval(truth, results, "bbox")
        done.params.iouThrs = np.array(LEVELS)
        done.params.areaRng, done.params.areaRngLbl = [[0, 1e12]], ["all"]
        done.params.maxDets = [MOST]
        done.evaluate()
        done.accumulate()
    precision = done.eval["precision"].reshape(len(LEVELS), -1, count)
    known = np.where(precision > -1, precision, np.nan)  # it writes -1 where there is no box
    by_level = known.mean(axis=1)
    return AveragePrecision(by_level[0], by_level.mean(axis=0))


def _dataset(
    table: BoxTable,
    micrographs: NDArray[np.int64],
    labels: NDArray[np.int64],
    boxes: NDArray[np.float64],
) -> dict[str, Any]:
    """Return boxes as COCO has them, numbered from 1: 0 means none to it."""
    size = boxes[:, 2:]
    corners = np.hstack([boxes[:, :2] - size / 2, size])
    return {
        "images": [{"id": number + 1} for number in range(len(table))],
        "categories": [{"id": label + 1} for label in range(len(table.classes))],
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
