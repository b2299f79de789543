"""Detections evaluated by pycocotools, the reference for this project's average precision."""

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.metrics.average_precision import IOU_THRESHOLDS
from leaderboard.predictions.detection import Detections


def evaluated(truth: BoxTruth, found: Detections) -> COCOeval:
    """Match and accumulate all detections, whatever the area of their boxes."""
    there = _coco(truth, truth.micrographs, truth.labels, truth.boxes, np.ones(len(truth.boxes)))
    finds = _coco(truth, found.micrographs, found.labels, found.boxes, found.confidence)
    evaluation = COCOeval(there, finds, "bbox")
    evaluation.params.iouThrs = np.array(IOU_THRESHOLDS)
    evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, 1e12]], ["all"]
    evaluation.params.maxDets = [truth.max_detections]
    evaluation.evaluate()
    evaluation.accumulate()
    return evaluation


def by_class(evaluation: COCOeval) -> np.ndarray:
    """Return the average precision, (IoU thresholds, classes); NaN for a class without a box."""
    precision = evaluation.eval["precision"][..., 0, 0]
    return np.where(precision > -1, precision, np.nan).mean(axis=1)


def _coco(truth, micrographs, labels, boxes, confidence) -> COCO:
    result = COCO()
    result.dataset = {
        "images": [{"id": number} for number in range(len(truth))],
        "categories": [{"id": number} for number in range(len(truth.classes))],
        "annotations": [
            {
                "id": number,
                "image_id": int(micrograph),
                "category_id": int(label),
                "bbox": [x - width / 2, y - height / 2, width, height],
                "area": width * height,
                "iscrowd": 0,
                "score": score,
            }
            for number, (micrograph, label, (x, y, width, height), score) in enumerate(
                zip(micrographs, labels, boxes.tolist(), confidence.tolist(), strict=True), 1
            )
        ],
    }
    result.createIndex()
    return result
