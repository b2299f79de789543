"""Inference: from images through a trained network to detections.

Nearly all of the thousands of positions of an image have no particle. The objectness is therefore
looked at first, and boxes and classes are decoded only where it suffices.
"""

import functools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.networks import fusion, grid, nms
from tem_virus_dataset.networks.detector import DetectBatch
from tem_virus_dataset.networks.nms import DetectedBoxes

OBJECTNESS, CLASSES = 4, 5  # where they begin among the numbers of a position


def of_network(
    network: Any,
    anchors: NDArray[np.floating],
    nms_iou: float = nms.IOU_THRESHOLD,
    max_detections: int = nms.MAX_DETECTIONS,
    tta: int = 1,
) -> DetectBatch:
    """Return the function of a network from images to detections.

    Args:
      network: its method `predict_on_batch` returns logits (n, positions, 5 + classes) of images,
        as that of an `OnnxNetwork` or of a `keras.Model`.
      anchors: (3, 3, 2) width and height in pixels; nms_iou: of the suppression.
      max_detections: of one image, the most confident.
      tta: number of D4 transforms whose detections are averaged, see `fusion`.
    """
    most = max_detections if tta == 1 else max(max_detections, fusion.MOST_OF_VIEW)
    positions = functools.lru_cache(maxsize=4)(
        lambda height, width: grid.grid(height, width, anchors)
    )

    def detect_batch(images: NDArray[np.float32]) -> list[DetectedBoxes]:
        logits = np.asarray(network.predict_on_batch(images), np.float32)
        of_image = positions(images.shape[1], images.shape[2])
        return [_detections(numbers, of_image, nms_iou, most) for numbers in logits]

    return fusion.in_views(detect_batch, tta, max_detections)


def _detections(
    logits: NDArray[np.float32], positions: grid.Grid, nms_iou: float, max_detections: int
) -> DetectedBoxes:
    """Return the detections of one image from its logits (positions, 5 + classes)."""
    objectness = grid.sigmoid(logits[:, OBJECTNESS])
    rows = np.flatnonzero(objectness >= nms.MIN_CONFIDENCE)
    boxes = grid.boxes(logits[rows], positions, rows)
    scores = grid.sigmoid(logits[rows, CLASSES:]) * objectness[rows, None]
    return nms.non_maximum_suppression(
        boxes, scores, iou_threshold=nms_iou, max_detections=max_detections
    )
