"""Recall at a number of false positives, and AP50 without filaments: cases worked out by hand."""

import dataclasses

import numpy as np
import pytest
from made_boxes import found, perfect, table

from leaderboard.metrics.froc import recall_at
from leaderboard.metrics.matching import NONE
from leaderboard.scoring.detection import score

BOXES = table([(0, 0, 100, 100, 40, 40), (0, 1, 200, 100, 40, 40), (1, 1, 100, 100, 60, 60)], 2)


def test_recall_counts_what_stands_before_one_false_positive_too_many() -> None:
    confidence = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    matched = np.array([0, NONE, 1, NONE, NONE, 2])
    assert recall_at(confidence, matched, 4, 2) == {0.5: 0.5, 1.0: 0.5, 2.0: 0.75}
    assert recall_at(confidence, matched, 4, 2, (0.0, 1.5)) == {0.0: 0.25, 1.5: 0.75}


def test_detections_of_equal_confidence_count_together() -> None:
    confidence = np.full(3, 0.5)
    assert recall_at(confidence, np.array([0, 1, NONE]), 2, 1, (0.5, 1.0)) == {0.5: 0.0, 1.0: 1.0}


def test_without_detections_or_boxes_recall_is_0() -> None:
    nothing = np.zeros(0), np.zeros(0, np.int64)
    assert recall_at(*nothing, 3, 2, (1.0,)) == {1.0: 0.0}
    assert recall_at(*nothing, 0, 2, (1.0,)) == {1.0: 0.0}


def test_a_particle_without_a_box_lowers_f1_and_not_the_recall() -> None:
    extra = (1, 1, 0.95, 300, 300, 60, 60)  # plain to see, but nobody annotated it
    detections = found(BOXES, [*perfect(BOXES), extra])
    scored = score(BOXES, detections, 0.5, with_ap=False)
    assert scored.scores.f1 < 1
    assert scored.companions == {"recall_at_0.5": 1.0, "recall_at_1": 1.0, "recall_at_2": 1.0}


def test_ap50_without_filaments_leaves_ebola_and_marburg_out() -> None:
    only_round = [find for find in perfect(BOXES) if find[1] == 1]
    for classes, expected in ((("Ebola", "Orf"), 1.0), (("disc", "Orf"), None)):
        truth = dataclasses.replace(BOXES, classes=classes)
        detections = found(truth, only_round)
        scored = score(truth, detections, 0.5)
        assert scored.scores.ap50 == pytest.approx(0.5)
        assert scored.companions.get("ap50_round") == (expected and pytest.approx(expected))
