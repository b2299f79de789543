"""Sketches: copies with noise and mixtures deviate as their originals do, trainings do not."""

from collections.abc import Callable

import made_boxes
import made_submission
import numpy as np
import pytest

from leaderboard.ground_truth import classification as patch_truth
from leaderboard.ground_truth import detection as box_truth
from leaderboard.metrics import sketches
from leaderboard.metrics.sketches import Sketch
from leaderboard.predictions import detection as detections
from leaderboard.predictions.detection import Detections
from leaderboard.tasks import CLASSIFICATION, DETECTION

TABLE = patch_truth.read("tem_virus/mirror_11class", "test")
A, B, C = (made_submission.probabilities(TABLE, seed, 0.9) for seed in (1, 2, 3))
RNG = np.random.default_rng(0)


def sketch(values: np.ndarray) -> Sketch:
    return sketches.of_probabilities(values, TABLE.labels)


def normal(values: np.ndarray) -> np.ndarray:
    return values / values.sum(axis=1, keepdims=True)


def noisy(values: np.ndarray, amount: float) -> np.ndarray:
    return normal((values + RNG.normal(0, amount, values.shape)).clip(0))


def wrong_classes_permuted(values: np.ndarray) -> np.ndarray:
    rows = values.copy()
    for row in rows:
        others = np.argsort(-row)[1:]
        row[others] = row[RNG.permutation(others)]
    return rows


COPIES: dict[str, tuple[np.ndarray, str]] = {
    "itself": (A, "deviations"),
    "little noise": (noisy(A, 0.01), "deviations"),
    "smoothed labels": (0.9 * A + 0.1 / 11, "deviations"),
    "much noise": (noisy(A, 0.05), "errors"),
    "wrong classes permuted": (wrong_classes_permuted(A), "errors"),
    "first classes, the rest random": (
        0.6 * np.eye(11)[A.argmax(axis=1)] + 0.4 * RNG.dirichlet(np.ones(11), len(A)),
        "errors",
    ),
}


@pytest.mark.parametrize("what", COPIES)
def test_a_copy_is_known_by_its_deviations_or_its_errors(what: str) -> None:
    values, by = COPIES[what]
    text, _ = sketches.between_seeds(sketch(values), sketch(A), CLASSIFICATION)
    assert by in text


def test_the_mean_of_two_is_a_mixture_of_both_and_of_no_other() -> None:
    share, taken = sketches.share(sketch((A + C) / 2), [sketch(one) for one in (A, B, C)])
    assert share > 0.97
    assert sorted(taken) == [0, 2]
    assert sketches.share(sketch((A + C) / 2), [sketch(B)])[0] < 0.5


def test_two_trainings_have_little_in_common() -> None:
    assert sketches.between_seeds(sketch(A), sketch(B), CLASSIFICATION) == ("", False)
    assert sketches.share(sketch(A), [sketch(B), sketch(C)])[0] < 0.5


def test_perfect_and_equal_predictions_are_like_nothing() -> None:
    perfect, same = np.eye(11)[TABLE.labels], np.full((len(TABLE), 11), 1 / 11)
    for values in (perfect, same):
        assert sketches.share(sketch(values), [sketch(A)]) == (0.0, [])
        assert sketches.share(sketch(A), [sketch(values)]) == (0.0, [])
    assert sketches.common_errors(sketch(perfect), [sketch(perfect)])[0] == 0


BOXES = box_truth.read("tem_virus/mirror_11class_boxes", "test")
FOUND, OTHER = (made_boxes.invented(BOXES, seed) for seed in (0, 1))
MOVES: dict[str, Callable[[Detections], tuple[np.ndarray, np.ndarray]]] = {
    "jitter of a pixel": lambda d: (d.boxes + RNG.normal(0, 1, d.boxes.shape), d.confidence),
    "shift": lambda d: (d.boxes + np.array([2, 2, 0, 0]), d.confidence),
    "larger": lambda d: (d.boxes * [1, 1, 1.03, 1.03], d.confidence),
    "other confidence": lambda d: (d.boxes, RNG.random(len(d))),
}


def moved(found: Detections, boxes: np.ndarray, confidence: np.ndarray) -> Detections:
    parts = [found.micrographs == number for number in range(len(found.ids))]
    return detections.joined(
        found.ids.tolist(),
        [np.maximum(boxes[part], 0.01) for part in parts],
        [found.labels[part] for part in parts],
        [confidence[part] for part in parts],
    )


@pytest.mark.parametrize("what", MOVES)
def test_a_copy_of_detections_is_known(what: str) -> None:
    own = sketches.of_detections(BOXES, FOUND)
    copy = sketches.of_detections(BOXES, moved(FOUND, *MOVES[what](FOUND)))
    assert sketches.share(copy, [own])[0] >= sketches.ROWS[DETECTION]
    assert sketches.share(sketches.of_detections(BOXES, OTHER), [own])[0] < 0.4


def test_detections_that_find_nothing_are_like_nothing() -> None:
    nothing = sketches.of_detections(BOXES, made_boxes.found(BOXES, []))
    assert not nothing.any()
    assert sketches.share(nothing, [sketches.of_detections(BOXES, FOUND)]) == (0.0, [])
