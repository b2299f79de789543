"""Inference: from images through a trained network to decoded boxes, and to detections."""

from collections.abc import Callable
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from benchmark.detection.yolo import nms
from benchmark.detection.yolo.detector import DetectBatch
from benchmark.detection.yolo.grid import decode_boxes, grid
from benchmark.detection.yolo.nms import DetectedBoxes

# (n, p, 4) boxes, x, y of the centre, width, height in pixels; (n, p, 1 + classes) probabilities,
# the objectness first
Outputs = tuple[NDArray[np.float32], NDArray[np.float32]]


def decoded_outputs(
    network: Any, anchors: NDArray[np.floating]
) -> Callable[[NDArray[np.float32]], Outputs]:
    """Return the function of a `keras.Model` from images to what it predicts at every position.

    Args:
      network: built by `yolov5_network.network`; anchors: (3, 3, 2) width and height in pixels.

    Returns:
      A function of images (n, height, width, 1) float32, of which the sides are multiples of 32.
    """

    def outputs(images: NDArray[np.float32]) -> Outputs:
        logits = network.predict_on_batch(images)
        positions = grid(images.shape[1], images.shape[2], anchors)
        boxes = ops.convert_to_numpy(decode_boxes(logits, positions))
        return boxes, ops.convert_to_numpy(ops.sigmoid(logits[..., 4:]))

    return outputs


def of_network(
    network: Any,
    anchors: NDArray[np.floating],
    nms_iou: float = nms.IOU_THRESHOLD,
    max_detections: int = nms.MAX_DETECTIONS,
) -> DetectBatch:
    """Return the function of a `keras.Model` from images to detections.

    Args:
      network, anchors: see `decoded_outputs`; nms_iou: of the suppression.
      max_detections: of one image, the most confident.
    """
    outputs = decoded_outputs(network, anchors)

    def detect_batch(images: NDArray[np.float32]) -> list[DetectedBoxes]:
        per_image = zip(*outputs(images), strict=True)
        return [
            nms.detections(
                boxes, probabilities, iou_threshold=nms_iou, max_detections=max_detections
            )
            for boxes, probabilities in per_image
        ]

    return detect_batch
