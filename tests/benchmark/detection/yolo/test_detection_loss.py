"""The detector's loss: its parts, its weights, and what it leaves out."""

import numpy as np
import pytest
from perfect_logits import ANCHORS, BOXES, LABELS, perfect

from benchmark.detection.yolo.loss import DetectionLoss, complete_iou
from benchmark.detection.yolo.targets import NUMBERS, far, targets
from tem_virus_dataset.networks import grid


def test_a_perfect_prediction_has_a_small_loss_and_every_error_raises_it() -> None:
    positions = grid.grid(128, 128, ANCHORS)
    wanted = targets(BOXES, LABELS, positions)
    loss = DetectionLoss(positions, 2, 640)
    best = perfect(positions, wanted)
    none = float(loss.call(wanted[None], best))
    assert none < 0.01
    at = np.flatnonzero(wanted[:, 0])
    for change in (slice(0, 2), slice(2, 4), slice(4, 5), slice(5, 7)):
        faulty = best.copy()
        faulty[0, at, change] *= -1
        assert float(loss.call(wanted[None], faulty)) > none + 0.001
    alarm = best.copy()
    alarm[0, np.flatnonzero(wanted[:, 0] == 0)[:50], 4] = 12
    assert float(loss.call(wanted[None], alarm)) > none + 0.001
    empty = np.zeros((1, len(positions), NUMBERS), np.float32)
    assert np.isfinite(float(loss.call(empty, best)))


def test_complete_iou_of_known_boxes() -> None:
    box = np.array([[50.0, 50, 20, 40]])
    assert float(complete_iou(box, box)[0]) == pytest.approx(1, abs=1e-5)
    beside = np.array([[60.0, 50, 20, 40]])  # half of each is shared: IoU 1/3; 10 of 30, 40 apart
    assert float(complete_iou(box, beside)[0]) == pytest.approx(1 / 3 - 100 / 2500, abs=1e-4)
    far = np.array([[500.0, 500, 20, 40]])
    assert -1.5 <= float(complete_iou(box, far)[0]) < -0.8


def test_the_class_gain_is_the_weight_of_the_classes_part() -> None:
    positions = grid.grid(128, 128, ANCHORS)
    wanted = targets(BOXES, LABELS, positions)[None]
    faulty = perfect(positions, wanted[0])
    faulty[..., 5:] *= -1  # every class is wrong
    losses = {
        gain: float(DetectionLoss(positions, 2, 128, class_gain=gain).call(wanted, faulty))
        for gain in (0.0, 0.4, 0.8)
    }
    assert DetectionLoss(positions, 11, 512).gains["classes"] == pytest.approx(0.5 * 11 / 80)
    errors = 12 * 3  # of a logit of 12, on each of three scales where there are boxes
    assert losses[0.8] - losses[0.4] == pytest.approx(0.4 * errors, rel=0.01)
    assert losses[0.4] - losses[0.0] == pytest.approx((0.4 - 0.5 * 2 / 80) * errors, rel=0.01)


def test_the_loss_of_the_paper_is_multiplied_by_the_batch() -> None:
    positions = grid.grid(64, 64, ANCHORS)
    wanted = np.stack([targets(BOXES[:1], LABELS[:1], positions)] * 4)
    logits = np.zeros((4, len(positions), 7), np.float32)
    mean = float(DetectionLoss(positions, 2, 64).call(wanted, logits))
    times = float(DetectionLoss(positions, 2, 64, times_batch=True).call(wanted, logits))
    assert times == pytest.approx(4 * mean)


def test_a_confident_detection_far_from_every_box_is_not_punished() -> None:
    positions = grid.grid(128, 128, ANCHORS)
    boxes, labels = BOXES[:1], LABELS[:1]
    is_far = far(boxes, positions)
    centre = (positions.cells + 0.5) * positions.stride[:, None]
    place = int(np.flatnonzero(is_far)[np.hypot(*(centre[is_far] - (110, 110)).T).argmin()])
    beside = int(np.flatnonzero(~is_far & (targets(boxes, labels, positions)[:, 0] == 0))[0])
    loss = DetectionLoss(positions, 2, 128, ignore_confidence=0.6)
    for with_far in (False, True):
        wanted = targets(boxes, labels, positions, with_far=with_far)[None]
        best = perfect(positions, wanted[0])
        none = float(loss.call(wanted, best))
        for position, logit, ignored in (
            (place, 5.0, with_far), (place, 0.1, False), (beside, 5.0, False),
        ):  # fmt: skip
            found = best.copy()
            found[0, position, 4] = logit
            assert (float(loss.call(wanted, found)) <= none) == ignored


def test_weights_of_boxes_move_the_loss_to_their_classes() -> None:
    positions = grid.grid(128, 128, ANCHORS)
    losses = []
    for weights in (np.array([1.0, 1]), np.array([0.1, 1.9])):
        wanted = targets(BOXES, LABELS, positions, weights)
        faulty = perfect(positions, wanted)
        faulty[0, wanted[:, 5] == 1, 5:] *= -1  # the class of the others is right
        losses.append(float(DetectionLoss(positions, 2, 128, 1.0).call(wanted[None], faulty)))
    assert losses[1] > losses[0]
