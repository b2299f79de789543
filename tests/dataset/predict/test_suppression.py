"""Shorter ways to the same detections: suppression class by class, and boxes that overlap."""

from typing import Any

import cv2
import numpy as np
import pytest

from leaderboard.metrics.matching import overlaps
from tem_virus_dataset.networks import boxes as boxes_of
from tem_virus_dataset.networks import nms


def random_boxes(count: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centred boxes (n, 4), labels, and confidences, of which some are equal."""
    rng = np.random.default_rng(seed)
    boxes = np.hstack([rng.uniform(0, 200, (count, 2)), rng.uniform(5, 60, (count, 2))])
    confidence = np.round(rng.uniform(0, 1, count), 2).astype(np.float32)
    return boxes.astype(np.float32), rng.integers(0, 5, count), confidence


@pytest.mark.parametrize("iou", [0.4, 0.6])
@pytest.mark.parametrize("count", [0, 1, 400])
def test_suppression_is_that_of_all_classes_at_once(count: int, iou: float) -> None:
    boxes, labels, confidence = random_boxes(count, 1)
    corner = np.hstack([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, 2:]])
    at_once: Any = cv2.dnn.NMSBoxesBatched
    kept = np.array(at_once(corner, confidence, labels.tolist(), 0.05, iou), np.int64).reshape(-1)
    order = kept[np.argsort(-confidence[kept], kind="stable")]
    scores = np.zeros((count, 5), np.float32)
    scores[np.arange(count), labels] = confidence
    found = nms.non_maximum_suppression(boxes, scores, 0.05, iou, 1000)
    np.testing.assert_array_equal(found.boxes, boxes[order])
    np.testing.assert_array_equal(found.labels, labels[order])


def test_the_same_boxes_are_those_of_all_overlaps() -> None:
    first, second = random_boxes(60, 2)[0], random_boxes(300, 3)[0]
    second[:20] = first[:20]  # equal ones
    second[20:40, :2], second[20:40, 2:] = first[20:40, :2], first[20:40, 2:] / [1, 2]  # IoU .5
    rows, others = boxes_of.same(first, second)
    expected = overlaps(first, second) >= boxes_of.SAME
    found = np.zeros_like(expected)
    found[rows, others] = True
    assert expected.sum() > 40
    np.testing.assert_array_equal(found, expected)
    assert not len(boxes_of.same(first, second[:0])[0])
