"""Non-maximum suppression."""

import numpy as np
import pytest

from tem_virus_dataset.networks import nms


def test_positions_without_a_particle_are_dropped_first() -> None:
    rng = np.random.default_rng(0)
    boxes = rng.uniform(20, 100, (5000, 4))
    probabilities = rng.uniform(0, 1, (5000, 4)) ** 8
    found = nms.detections(boxes, probabilities, min_confidence=0.01)
    scores = probabilities[:, 1:] * probabilities[:, :1]
    expected = nms.non_maximum_suppression(boxes, scores, min_confidence=0.01)
    assert 50 < len(found.boxes) <= 300
    for name in ("boxes", "labels", "confidence"):
        np.testing.assert_array_equal(getattr(found, name), getattr(expected, name))


def test_the_most_confident_of_overlapping_boxes_is_kept_class_by_class() -> None:
    boxes = np.array([[50.0, 50, 20, 20], [52, 50, 20, 20], [90, 50, 20, 20], [50, 50, 20, 20]])
    scores = np.array([[0.9, 0], [0.8, 0], [0.3, 0], [0, 0.7]])
    found = nms.non_maximum_suppression(boxes, scores)
    assert found.confidence.tolist() == pytest.approx([0.9, 0.7, 0.3])
    assert found.labels.tolist() == [0, 1, 0]
    assert nms.non_maximum_suppression(boxes, np.zeros((4, 2))).boxes.shape == (0, 4)
    assert len(nms.non_maximum_suppression(boxes, scores, max_detections=1).boxes) == 1


def test_the_threshold_of_suppression_can_be_set() -> None:
    boxes = np.array([[50.0, 50, 40, 40], [60, 50, 40, 40]])  # their IoU is 0.6
    scores = np.array([[1.0, 0.9], [1.0, 0.8]])
    assert len(nms.detections(boxes, scores, iou_threshold=0.65).boxes) == 2
    assert len(nms.detections(boxes, scores, iou_threshold=0.5).boxes) == 1


def test_one_particle_of_two_classes_counts_once_and_neighbours_stay() -> None:
    boxes = np.array([[50, 50, 40, 40], [52, 50, 40, 40], [95, 50, 40, 40]], np.float32)
    found = nms.DetectedBoxes(
        boxes, np.array([1, 0, 1]), np.array([0.9, 0.8, 0.7], np.float32), left_out=3
    )
    kept = nms.one_of_each_particle(found, 0.5)
    assert kept.boxes[:, 0].tolist() == [50, 95]
    assert kept.labels.tolist() == [1, 1]
    assert kept.confidence.tolist() == pytest.approx([0.9, 0.7])
    assert kept.left_out == 3
    nothing = nms.DetectedBoxes(boxes[:0], np.zeros(0, np.int64), np.zeros(0, np.float32))
    assert len(nms.one_of_each_particle(nothing, 0.5).boxes) == 0
