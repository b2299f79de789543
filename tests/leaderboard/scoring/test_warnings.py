"""What looks wrong with a file of detections is told by what it would be right as."""

import dataclasses
from collections.abc import Callable

import made_boxes
import numpy as np
import pytest

from leaderboard.ground_truth import detection_file
from leaderboard.ground_truth.detection import BoxTable
from leaderboard.predictions.detection import Detections
from leaderboard.scoring import warnings

TABLE = detection_file.read("tem_virus/mirror_11class_boxes", "validation")
GOOD = made_boxes.invented(TABLE)


def said(found: Detections, table: BoxTable = TABLE) -> list[str]:
    return warnings.of([("a.csv", table, found)])


def test_a_good_file_is_not_doubted() -> None:
    assert said(GOOD) == []


def test_nor_is_a_bad_detector_said_to_have_misread_the_format() -> None:
    (doubt,) = said(made_boxes.invented(TABLE, right=0.05, alarms=1.0))
    assert doubt.startswith("all files: hardly a find is right, at whatever confidence.")


def corners(box: np.ndarray) -> np.ndarray:
    return np.hstack([box[:, :2] - box[:, 2:] / 2, box[:, :2] + box[:, 2:] / 2])


WRONG: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "x and y were the top left corner": lambda box: np.hstack([corners(box)[:, :2], box[:, 2:]]),
    "two corners, x1, y1, x2, y2": corners,
    "two corners, y1, x1, y2, x2": lambda box: corners(box)[:, [1, 0, 3, 2]],
    "larger than a pixel: are they fractions": lambda box: box / SIZE,
}
SIZE = np.tile(TABLE.sizes[GOOD.micrographs], 2)


@pytest.mark.parametrize("reading", WRONG)
def test_boxes_in_another_usual_form_are_recognised(reading: str) -> None:
    (doubt,) = said(dataclasses.replace(GOOD, boxes=WRONG[reading](GOOD.boxes)))
    assert reading in doubt
    assert doubt.endswith("in pixels of the whole micrograph.")


def test_names_in_another_order_are_recognised() -> None:
    labels = (GOOD.labels + 1) % len(TABLE.classes)
    (doubt,) = said(dataclasses.replace(GOOD, labels=labels))
    assert "the classes were not looked at. Are their names in the right order?" in doubt


def test_confidences_that_say_little_are_noticed() -> None:
    (doubt,) = said(dataclasses.replace(GOOD, confidence=np.ones(len(GOOD))))
    assert "all finds have the same confidence" in doubt
    (doubt,) = said(dataclasses.replace(GOOD, confidence=GOOD.confidence.clip(0.25)))
    assert "no find has a confidence below 0.05" in doubt


def test_nothing_found_is_told() -> None:
    assert said(made_boxes.found(TABLE, [])) == ["all files: nothing was found."]


def test_files_of_the_same_doubt_are_told_together() -> None:
    files = {"a": GOOD, "b": made_boxes.found(TABLE, []), "c": made_boxes.found(TABLE, [])}
    assert warnings.of([(name, TABLE, found) for name, found in files.items()]) == [
        "b, c: nothing was found."
    ]
