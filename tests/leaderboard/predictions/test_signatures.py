"""Signatures: copies keep them, two trainings share hardly a band."""

import made_boxes
import made_submission
import numpy as np
import pytest

from leaderboard.ground_truth import classification as patch_truth
from leaderboard.ground_truth import detection as box_truth
from leaderboard.predictions import signatures
from leaderboard.predictions.signatures import ALIKE, SAME, nearest, shared

TABLE = patch_truth.read("tem_virus/mirror_11class", "test")
VALUES = made_submission.probabilities(TABLE, 0, 0.95)


def sharpened(values: np.ndarray, power: float) -> np.ndarray:
    return values**power / (values**power).sum(axis=1, keepdims=True)


def flipped(values: np.ndarray, count: int) -> np.ndarray:
    values = values.copy()
    for row in np.random.default_rng(1).choice(len(values), count, replace=False):
        values[row] = np.roll(values[row], 1)
    return values


def blended(values: np.ndarray) -> np.ndarray:
    return 0.9 * values + 0.1 / values.shape[1]


@pytest.mark.parametrize(
    "copy",
    [
        VALUES,
        sharpened(VALUES, 2.0),
        sharpened(VALUES, 0.7),
        flipped(VALUES, 3),
        blended(VALUES),
        np.eye(VALUES.shape[1])[VALUES.argmax(axis=1)],
        np.abs(VALUES + np.eye(len(TABLE), VALUES.shape[1]) * 1e-6),
    ],
    ids=["equal", "sharper", "softer", "3 flipped", "blended", "first classes", "a millionth more"],
)
def test_a_copy_is_known(copy: np.ndarray) -> None:
    of_both = map(signatures.of_probabilities, (VALUES, copy))
    assert shared(*of_both) >= SAME


def test_a_copy_with_many_flips_is_still_alike() -> None:
    copy = signatures.of_probabilities(flipped(VALUES, 25))
    assert ALIKE <= shared(signatures.of_probabilities(VALUES), copy) < SAME


def test_other_trainings_are_not_alike() -> None:
    others = [made_submission.probabilities(TABLE, seed, 0.99) for seed in (1, 2)]
    assert shared(*map(signatures.of_probabilities, others)) < 0.2


def test_the_copy_of_first_classes_alone_is_found_in_a_table() -> None:
    alone = signatures.of_probabilities(np.eye(VALUES.shape[1])[VALUES.argmax(axis=1)])
    other = signatures.of_probabilities(made_submission.probabilities(TABLE, 9, 0.9))
    own = signatures.of_probabilities(VALUES)
    assert nearest([other, own, alone], [0, 1, 2]) == {2: (1, 1.0)}
    assert nearest([alone, other, own], [0, 1, 2]) == {2: (0, 1.0)}


def test_one_answer_for_all_has_no_signature() -> None:
    assert signatures.of_probabilities(np.tile([0.5, 0.3, 0.2], (90, 1))) == ()


def of_boxes(seed: int, moved: float = 0.0, power: float = 1.0) -> signatures.Signature:
    table = box_truth.read("tem_virus/mirror_11class_boxes", "test")
    found = made_boxes.invented(table, seed)
    boxes = found.boxes + moved
    confidence = found.confidence**power
    return signatures.of_detections(
        found.micrographs, found.labels, confidence, boxes, len(table)
    )  # fmt: skip


def test_a_copy_of_detections_is_known() -> None:
    assert shared(of_boxes(0), of_boxes(0, moved=0.01, power=3.0)) >= SAME
    assert shared(of_boxes(0), of_boxes(1)) < ALIKE


def test_the_nearest_earlier_one_of_another_row_is_named() -> None:
    one, other = (
        signatures.of_probabilities(made_submission.probabilities(TABLE, seed, 0.9))
        for seed in (5, 6)
    )
    copy = signatures.of_probabilities(flipped(VALUES, 3))
    own = signatures.of_probabilities(VALUES)
    found = nearest([one, own, other, copy], [0, 1, 1, 2])
    assert set(found) == {3}
    assert found[3][0] == 1


def test_of_many_copies_each_has_an_original() -> None:
    own = signatures.of_probabilities(VALUES)
    found = nearest([own] * 1000, range(1000))  # quadratic, it would take minutes
    assert set(found.values()) == {(0, 1.0)}
    assert len(found) == 999
