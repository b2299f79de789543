"""YOLOv5's loss: how far boxes, objectness and classes are from their targets."""

import math
from typing import Any

import keras
from keras import ops

from benchmark.detection.yolo.grid import Grid, boxes

BALANCE = (4.0, 1.0, 0.4)  # of objectness: the finest map has the most positions
GAINS = {"box": 0.05, "objectness": 1.0, "classes": 0.5}  # the field's, at 640 pixels, 80 classes


class DetectionLoss(keras.losses.Loss):
    """Compares (batch, positions, 5 + classes) logits with (batch, positions, 6) targets.

    Complete IoU (Zheng et al. 2020) of the boxes; binary cross-entropy of the objectness, whose
    target is the IoU that the box has at the moment, and of the classes. A batch without a box is
    fine. Returns one number for the batch.
    """

    def __init__(self, where: Grid, classes: int, side: int) -> None:
        super().__init__(reduction=None, name="detection")
        self.where, self.classes = where, classes
        self.gains = {
            "box": GAINS["box"],
            "objectness": GAINS["objectness"] * (side / 640) ** 2,
            "classes": GAINS["classes"] * classes / 80,
        }

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss."""
        y_pred = ops.cast(y_pred, "float32")
        there = y_true[..., 0]
        overlap = complete_iou(boxes(y_pred, self.where), y_true[..., 1:5]) * there
        sure = ops.stop_gradient(ops.clip(overlap, 0, 1))
        objectness = ops.binary_crossentropy(sure, y_pred[..., 4], from_logits=True)
        total = 0.0
        kinds = ops.one_hot(ops.cast(y_true[..., 5], "int32"), self.classes)
        kind = ops.mean(ops.binary_crossentropy(kinds, y_pred[..., 5:], from_logits=True), axis=-1)
        for part, balance in zip(self.where.scales, BALANCE, strict=True):
            count = ops.maximum(ops.sum(there[:, part]), 1.0)
            box = ops.sum((1 - overlap[:, part]) * there[:, part]) / count
            total += self.gains["box"] * box
            total += self.gains["objectness"] * balance * ops.mean(objectness[:, part])
            if self.classes > 1:
                own = ops.sum(kind[:, part] * there[:, part]) / count
                total += self.gains["classes"] * own
        return total


def complete_iou(one: Any, other: Any) -> Any:
    """Return the complete IoU of boxes (..., 4) x, y, width, height: (...), from -1.5 to 1."""
    tiny = 1e-7
    low = ops.maximum(one[..., :2] - one[..., 2:] / 2, other[..., :2] - other[..., 2:] / 2)
    high = ops.minimum(one[..., :2] + one[..., 2:] / 2, other[..., :2] + other[..., 2:] / 2)
    shared = ops.prod(ops.maximum(high - low, 0), axis=-1)
    areas = ops.prod(one[..., 2:], axis=-1) + ops.prod(other[..., 2:], axis=-1)
    iou = shared / (areas - shared + tiny)
    least = ops.minimum(one[..., :2] - one[..., 2:] / 2, other[..., :2] - other[..., 2:] / 2)
    most = ops.maximum(one[..., :2] + one[..., 2:] / 2, other[..., :2] + other[..., 2:] / 2)
    diagonal = ops.sum((most - least) ** 2, axis=-1) + tiny
    apart = ops.sum((one[..., :2] - other[..., :2]) ** 2, axis=-1)
    angle = _angle(one) - _angle(other)
    shape = 4 / math.pi**2 * angle**2
    weight = ops.stop_gradient(shape / (shape - iou + 1 + tiny))
    return iou - apart / diagonal - weight * shape


def _angle(box: Any) -> Any:
    return ops.arctan(box[..., 2] / ops.maximum(box[..., 3], 1e-7))
