"""Warnings about files of detections name the form in which they would be correct."""

import dataclasses
from collections.abc import Callable

import made_boxes
import numpy as np
import pytest

from leaderboard.ground_truth import detection as box_truth
from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.predictions.detection import Detections
from leaderboard.scoring import warnings

TABLE = box_truth.read("tem_virus/mirror_11class_boxes", "validation")
GOOD = made_boxes.invented(TABLE)


def said(found: Detections, table: BoxTruth = TABLE) -> list[str]:
    return warnings.find([("a.csv", table, found)])


def test_a_good_file_gives_no_warning() -> None:
    assert said(GOOD) == []


def test_a_bad_detector_is_not_said_to_have_another_format() -> None:
    (warning,) = said(made_boxes.invented(TABLE, right=0.05, alarms=1.0))
    assert warning.startswith("all files: hardly a detection is correct, at any confidence.")


def corners(box: np.ndarray) -> np.ndarray:
    return np.hstack([box[:, :2] - box[:, 2:] / 2, box[:, :2] + box[:, 2:] / 2])


WRONG: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "x and y were the top left corner": lambda box: np.hstack([corners(box)[:, :2], box[:, 2:]]),
    "two corners, x1, y1, x2, y2": corners,
    "two corners, y1, x1, y2, x2": lambda box: corners(box)[:, [1, 0, 3, 2]],
    "larger than a pixel: are they fractions": lambda box: box / SIZE,
    "x and y, and width and height, were exchanged": lambda box: box[:, [1, 0, 3, 2]],
    "width and height were half of it": lambda box: box * [1, 1, 2, 2],
    "width and height were twice as large": lambda box: box * [1, 1, 0.5, 0.5],
    "of images whose longer side has 640 pixels": lambda box: box * 640 / LONGEST,
    "all numbers were 3 times as large": lambda box: box / 3,
    "y was counted from the lower edge": lambda box: np.column_stack(
        [box[:, 0], SIZE[:, 1] - box[:, 1], box[:, 2:]]
    ),
}
SIZE = np.tile(TABLE.sizes[GOOD.micrographs], 2)
LONGEST = SIZE.max(axis=1, keepdims=True)


@pytest.mark.parametrize("reading", WRONG)
def test_boxes_in_another_usual_form_are_recognised(reading: str) -> None:
    (warning,) = said(dataclasses.replace(GOOD, boxes=WRONG[reading](GOOD.boxes)))
    assert reading in warning
    assert warning.endswith("in pixels of the whole micrograph.")


def test_names_in_another_order_are_recognised() -> None:
    labels = (GOOD.labels + 1) % len(TABLE.classes)
    (warning,) = said(dataclasses.replace(GOOD, labels=labels))
    assert "the classes were ignored. Are their names in the right order?" in warning


def test_confidences_that_say_little_are_noticed() -> None:
    (warning,) = said(dataclasses.replace(GOOD, confidence=np.ones(len(GOOD))))
    assert "all detections have the same confidence" in warning
    (warning,) = said(dataclasses.replace(GOOD, confidence=GOOD.confidence.clip(0.25)))
    assert "no detection has a confidence below 0.05" in warning


def test_numbers_in_nm_are_recognised_where_pixel_sizes_differ() -> None:
    scales = np.where(np.arange(len(TABLE)) % 2, 0.4, 2.5)
    table = dataclasses.replace(TABLE, nm_per_pixel=scales)
    boxes = GOOD.boxes * scales[GOOD.micrographs][:, None]
    (warning,) = said(dataclasses.replace(GOOD, boxes=boxes), table)
    assert "far more would be if they were in nm" in warning


def test_boxes_outside_and_repeated_ones_are_counted() -> None:
    boxes = GOOD.boxes.copy()
    boxes[::10, 0] += 50_000
    (warning,) = said(dataclasses.replace(GOOD, boxes=boxes))
    assert f"{len(boxes[::10])} of {len(boxes):,} boxes lie outside of their micrograph" in warning
    fields = ("micrographs", "labels", "confidence", "boxes")
    twice = {name: np.repeat(getattr(GOOD, name), 2, axis=0) for name in fields}
    (warning,) = said(dataclasses.replace(GOOD, **twice))
    assert "50% of the detections repeat another of their class" in warning


def test_a_file_without_detections_gives_a_warning() -> None:
    assert said(made_boxes.found(TABLE, [])) == ["all files: there is no detection."]


def test_files_of_the_same_warning_are_named_together() -> None:
    files = {"a": GOOD, "b": made_boxes.found(TABLE, []), "c": made_boxes.found(TABLE, [])}
    assert warnings.find([(name, TABLE, found) for name, found in files.items()]) == [
        "b, c: there is no detection."
    ]
