"""YOLOv5's loss: the errors of boxes, objectness and classes.

Every position predicts whether there is a particle (objectness), its box, and its class. Box and
class are trained only at the few positions that have a target; the objectness is trained at all
positions, of which nearly all are empty. Each part is therefore averaged over its own positions,
and the gains weigh the parts. The target of the objectness is not 1 but the IoU that the predicted
box has at the moment: the confidence of a detection then includes how well its box fits, and
suppression keeps the box that fits best. The IoU is the complete IoU: the plain one is 0, without a
gradient, for boxes that do not touch.
"""

import math
from typing import Any

import keras
from keras import ops

from benchmark.detection.yolo.decoding import decode_boxes
from tem_virus_dataset.networks.grid import Grid

BALANCE = (4.0, 1.0, 0.4)  # of objectness: the finest map has the most positions
GAINS = {"box": 0.05, "objectness": 1.0, "classes": 0.5}  # YOLOv5's, at 640 pixels, 80 classes


class DetectionLoss(keras.losses.Loss):
    """Compares (batch, positions, 5 + classes) logits with (batch, positions, 8) targets.

    Complete IoU (Zheng et al. 2020) of the boxes; binary cross-entropy of the objectness, of which
    the target is the IoU of the predicted box, and of the classes. A batch may hold no box. Returns
    one number for the batch.

    Args:
      grid: of the training images; classes: number of them; side: pixels of the training images.
      class_gain: of the classes' part; 0 for YOLOv5's.
      times_batch: multiply by the number of images, as YOLOv5 does.
      ignore_confidence: objectness from which on a position that the targets mark as far from every
        box is not trained; 0 trains all.
    """

    def __init__(
        self,
        grid: Grid,
        classes: int,
        side: int,
        class_gain: float = 0.0,
        times_batch: bool = False,
        ignore_confidence: float = 0.0,
    ) -> None:
        super().__init__(reduction=None, name="detection")
        self.grid, self.classes = grid, classes
        self.gains = {
            "box": GAINS["box"],
            "objectness": GAINS["objectness"] * (side / 640) ** 2,
            "classes": class_gain or GAINS["classes"] * classes / 80,
        }
        self.times_batch, self.ignore_confidence = times_batch, ignore_confidence

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """Return the loss."""
        y_pred = ops.cast(y_pred, "float32")
        has_box, weight = y_true[..., 0], y_true[..., 6]  # the weight is 0 without a box
        overlap = complete_iou(decode_boxes(y_pred, self.grid), y_true[..., 1:5]) * has_box
        target = ops.stop_gradient(ops.clip(overlap, 0, 1))
        objectness = ops.binary_crossentropy(target, y_pred[..., 4], from_logits=True)
        objectness *= 1 - has_box + weight
        if self.ignore_confidence:
            confidence = ops.stop_gradient(ops.sigmoid(y_pred[..., 4]))
            is_sure = ops.cast(confidence >= self.ignore_confidence, "float32")
            objectness *= 1 - y_true[..., 7] * is_sure
        total = 0.0
        one_hot = ops.one_hot(ops.cast(y_true[..., 5], "int32"), self.classes)
        of_class = ops.mean(
            ops.binary_crossentropy(one_hot, y_pred[..., 5:], from_logits=True), axis=-1
        )
        for part, balance in zip(self.grid.scales, BALANCE, strict=True):
            count = ops.maximum(ops.sum(weight[:, part]), 1.0)
            box = ops.sum((1 - overlap[:, part]) * weight[:, part]) / count
            total += self.gains["box"] * box
            total += self.gains["objectness"] * balance * ops.mean(objectness[:, part])
            if self.classes > 1:
                classes = ops.sum(of_class[:, part] * weight[:, part]) / count
                total += self.gains["classes"] * classes
        return total * ops.cast(ops.shape(y_true)[0], "float32") if self.times_batch else total


def complete_iou(predicted: Any, true: Any) -> Any:
    """Return the complete IoU of boxes (..., 4) x, y, width, height: (...), from -1.5 to 1.

    It is the IoU, less the squared distance of the centres over that of the corners of the box
    around both, less a term for the difference of the aspect ratios (Zheng et al. 2020).
    """
    tiny = 1e-7
    low1, high1 = _corners(predicted)
    low2, high2 = _corners(true)
    sides = ops.maximum(ops.minimum(high1, high2) - ops.maximum(low1, low2), 0)
    shared = ops.prod(sides, axis=-1)
    areas = ops.prod(predicted[..., 2:], axis=-1) + ops.prod(true[..., 2:], axis=-1)
    iou = shared / (areas - shared + tiny)
    around = ops.maximum(high1, high2) - ops.minimum(low1, low2)
    diagonal = ops.sum(around**2, axis=-1) + tiny
    distance = ops.sum((predicted[..., :2] - true[..., :2]) ** 2, axis=-1)
    angle = _aspect_angle(predicted) - _aspect_angle(true)
    aspect = 4 / math.pi**2 * angle**2
    weight = ops.stop_gradient(aspect / (aspect - iou + 1 + tiny))
    return iou - distance / diagonal - weight * aspect


def _corners(boxes: Any) -> tuple[Any, Any]:
    half = boxes[..., 2:] / 2
    return boxes[..., :2] - half, boxes[..., :2] + half


def _aspect_angle(boxes: Any) -> Any:
    return ops.arctan(boxes[..., 2] / ops.maximum(boxes[..., 3], 1e-7))
