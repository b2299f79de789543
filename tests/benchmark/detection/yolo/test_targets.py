"""The targets of boxes, their decoding, and the anchors."""

import numpy as np
import pytest
from keras import ops
from perfect_logits import ANCHORS, BOXES, LABELS, perfect

from benchmark.detection.yolo import anchors
from benchmark.detection.yolo.decoding import decode_boxes
from benchmark.detection.yolo.targets import NUMBERS, targets
from tem_virus_dataset.networks import grid, nms


def test_targets_are_decoded_and_detected_again() -> None:
    positions = grid.grid(128, 128, ANCHORS)
    wanted = targets(BOXES, LABELS, positions)
    assert wanted.shape == (len(positions), NUMBERS)
    for box, label in zip(BOXES, LABELS, strict=True):
        own = wanted[(wanted[:, 1:5] == box).all(axis=1)]
        assert len(own) >= 3  # its cell and two neighbours
        assert (own[:, 5] == label).all()
    logits = perfect(positions, wanted)
    boxes = ops.convert_to_numpy(decode_boxes(logits, positions))[0]
    probabilities = 1 / (1 + np.exp(-logits[0, :, 4:]))
    scores = probabilities[:, 1:] * probabilities[:, :1]
    found = nms.non_maximum_suppression(boxes, scores, min_confidence=0.5)
    order = np.argsort(found.boxes[:, 2])
    assert found.boxes[order] == pytest.approx(BOXES, abs=0.2)
    assert found.labels[order].tolist() == LABELS.tolist()


def test_a_box_unlike_every_anchor_has_no_target() -> None:
    positions = grid.grid(64, 64, np.full((3, 3, 2), 8.0))
    assert not targets(np.array([[32.0, 32, 60, 60]]), np.array([0]), positions).any()
    assert targets(np.array([[32.0, 32, 30, 30]]), np.array([0]), positions).any()


def test_the_smaller_of_two_boxes_has_the_position() -> None:
    positions = grid.grid(64, 64, np.full((3, 3, 2), 20.0))
    boxes = np.array([[32.0, 32, 10, 10], [32, 32, 40, 40]])
    wanted = targets(boxes, np.array([0, 1]), positions)
    assert set(wanted[wanted[:, 0] > 0, 5]) == {0.0}


def test_anchors_describe_the_boxes_they_are_fitted_to() -> None:
    rng = np.random.default_rng(0)
    sizes = np.exp(rng.normal([3, 3.2], 0.8, (500, 2)))
    found = anchors.fitted(sizes)
    assert found.shape == (3, 3, 2)
    areas = found.prod(axis=2).ravel()
    assert (np.diff(areas) >= 0).all()
    assert anchors.fit(sizes, found).mean() > 0.99
    assert (anchors.fitted(sizes) == found).all()
    one_size = np.full((20, 2), 30.0)
    assert anchors.fit(one_size, anchors.fitted(one_size)).all()
    assert np.isfinite(anchors.fitted(one_size)).all()
