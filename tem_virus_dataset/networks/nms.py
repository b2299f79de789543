"""Non-maximum suppression: of boxes that overlap, only the most confident of a class is kept.

A network predicts one box for each of thousands of positions, and a particle is predicted by all
positions around its centre. Without suppression it would be counted many times. It is done class by
class, as is usual for average precision: two classes predicted for one particle are two detections.
Nearly all positions have no particle; they are dropped first, since comparing all boxes with one
another would take longer than the network.
"""

import dataclasses
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

# Defaults of `non_maximum_suppression`, as is usual for average precision.
MIN_CONFIDENCE, IOU_THRESHOLD, MAX_DETECTIONS = 0.001, 0.6, 300
CONFIDENCE_DIGITS = 6  # of the tables of detections that thresholds are chosen from
CANDIDATES = 10  # boxes that are compared with one another, the most confident, for each one kept


@dataclasses.dataclass(frozen=True)
class DetectedBoxes:
    """The detections of one image, the most confident first.

    Attributes:
      boxes: (n, 4) float32 x, y of the centre, width, height in pixels; labels: (n,) int64.
      confidence: (n,) float32, 0 to 1: objectness times the class's probability.
      left_out: number of further detections, which a limit left out; all are less confident.
    """

    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    confidence: NDArray[np.float32]
    left_out: int = 0


def reaches(confidence: NDArray[np.floating], threshold: float) -> NDArray[np.bool_]:
    """Return which confidences, (n,), reach a threshold, (n,).

    A threshold is the confidence of a detection of validation, as tables have it. Unrounded, that
    detection itself may be below its threshold.

    >>> reaches(np.array([0.62784278, 0.627842]), 0.627843)
    array([ True, False])
    """
    rounded = np.round(confidence.astype(np.float64), CONFIDENCE_DIGITS)
    reached: NDArray[np.bool_] = rounded >= round(threshold, CONFIDENCE_DIGITS)
    return reached


def detections(
    boxes: NDArray[np.floating],
    probabilities: NDArray[np.floating],
    min_confidence: float = MIN_CONFIDENCE,
    iou_threshold: float = IOU_THRESHOLD,
    max_detections: int = MAX_DETECTIONS,
) -> DetectedBoxes:
    """Reduce a network's output for one image to detections.

    Args:
      boxes: (positions, 4); probabilities: (positions, 1 + classes), the objectness first.
      More arguments are those of `non_maximum_suppression`.
    """
    # Multiplied by another probability, the others would not reach the minimum either.
    likely = probabilities[:, 0] >= min_confidence
    scores = probabilities[likely, 1:] * probabilities[likely, :1]
    return non_maximum_suppression(
        boxes[likely], scores, min_confidence, iou_threshold, max_detections
    )


def non_maximum_suppression(
    boxes: NDArray[np.floating],
    scores: NDArray[np.floating],
    min_confidence: float = MIN_CONFIDENCE,
    iou_threshold: float = IOU_THRESHOLD,
    max_detections: int = MAX_DETECTIONS,
) -> DetectedBoxes:
    """Keep, class by class, the most confident of boxes that overlap, with OpenCV.

    Args:
      boxes: (p, 4) x, y of the centre, width, height; scores: (p, classes), 0 to 1.
      min_confidence: boxes below it are dropped.
      iou_threshold: IoU from which on two boxes of a class are one detection.
      max_detections: number of boxes kept, the most confident.

    Returns:
      The detections; `left_out` counts those that only `max_detections` left out.
    """
    rows, labels = np.nonzero(scores >= min_confidence)
    confidence = scores[rows, labels].astype(np.float32)
    if len(confidence) > (count := CANDIDATES * max_detections):
        chosen = np.sort(np.argpartition(-confidence, count)[:count])
        rows, labels, confidence = rows[chosen], labels[chosen], confidence[chosen]
    candidates = boxes[rows].astype(np.float32)
    corner = np.hstack([candidates[:, :2] - candidates[:, 2:] / 2, candidates[:, 2:]])
    kept = _kept_of_each_class(corner, confidence, labels, min_confidence, iou_threshold)
    left_out = max(0, len(kept) - max_detections)
    kept = kept[np.argsort(-confidence[kept], kind="stable")][:max_detections]
    return DetectedBoxes(
        candidates[kept], labels[kept].astype(np.int64), confidence[kept], left_out
    )


def _kept_of_each_class(
    corner: NDArray[np.float32],
    confidence: NDArray[np.float32],
    labels: NDArray[np.integer],
    min_confidence: float,
    iou_threshold: float,
) -> NDArray[np.int64]:
    """Return the rows of the boxes that are kept, sorted.

    OpenCV has a function for all classes at once. It compares boxes of different classes, too,
    which takes several times as long. It reads lists faster than arrays.
    """
    kept = [np.zeros(0, np.int64)]
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        values = corner[rows].tolist(), confidence[rows].tolist()
        own = cv2.dnn.NMSBoxes(*values, min_confidence, iou_threshold)
        kept.append(rows[np.array(own, np.int64).reshape(-1)])
    return np.sort(np.concatenate(kept))


def one_of_each_particle(detections: DetectedBoxes, iou_threshold: float) -> DetectedBoxes:
    """Keep the most confident of detections that overlap, whatever their classes.

    For counting: a detector that hesitates between two classes detects a particle twice. Average
    precision needs both, a count must not.
    """
    if not len(detections.boxes):
        return detections
    corner = np.hstack(
        [detections.boxes[:, :2] - detections.boxes[:, 2:] / 2, detections.boxes[:, 2:]]
    )
    suppress: Any = cv2.dnn.NMSBoxes  # its stub asks for lists
    kept = np.sort(np.array(suppress(corner, detections.confidence, 0.0, iou_threshold), np.int64))
    return dataclasses.replace(
        detections,
        boxes=detections.boxes[kept],
        labels=detections.labels[kept],
        confidence=detections.confidence[kept],
    )
