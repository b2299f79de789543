"""Detections that a classifier names: what counts, how confident it is, and what is unknown."""

import dataclasses
import json

import numpy as np
import pytest
import small_micrograph

from tem_virus_dataset import DatasetError
from tem_virus_dataset.networks.classifier import Classified, Classifier
from tem_virus_dataset.networks.detector import Detector
from tem_virus_dataset.networks.fusion import augmented
from tem_virus_dataset.networks.nms import DetectedBoxes
from tem_virus_dataset.networks.two_step import (
    AT_ONCE,
    TwoStep,
    any_class,
    most_likely,
    weighted,
    with_classes,
)
from tem_virus_dataset.predict import pipeline

IMAGE = small_micrograph.discs((300, 300), [(60, 60), (200, 180)], 12)
BOXES = [  # x, y, side, class, confidence
    (60, 60, 24, 0, 0.5), (61, 60, 24, 1, 0.3), (200, 180, 24, 1, 0.9), (120, 240, 24, 0, 0.2),
]  # fmt: skip


def detections(*rows: tuple[float, ...]) -> DetectedBoxes:
    table = np.array(sorted(rows, key=lambda row: -row[4]), np.float64).reshape(-1, 5)
    sides = table[:, [0, 1, 2, 2]].astype(np.float32)
    return DetectedBoxes(sides, table[:, 3].astype(np.int64), table[:, 4].astype(np.float32))


def detector(*rows: tuple[float, ...]) -> Detector:
    """A detector that detects the same in every image."""
    return Detector(
        lambda images: [detections(*rows) for _ in images], ("a", "b"), 320, 1.0, 24, 0.25, "d", "1"
    )


def examine(patches: np.ndarray) -> Classified:
    """Name all patches ring, at .8; dark ones are new."""
    novelty = np.where(patches[:, 128, 128, 0] > IMAGE.max() // 2, 0.4, 1.6)
    return Classified(np.tile([0.2, 0.8], (len(patches), 1)), novelty)


CLASSIFIER = Classifier(
    lambda patches: examine(patches).probabilities, ("disc", "ring"), "c", "2", with_novelty=examine
)


def two_step(confidence: float = 0.5, certain: float | None = 0.7) -> TwoStep:
    return TwoStep(detector(*BOXES), CLASSIFIER, confidence, certain, "both")


def test_a_particle_is_as_confident_as_both_steps_are() -> None:
    used = pipeline.assembled(two_step(), None, False, None)
    found = used.particles(IMAGE, 1.0, ())
    assert used.classes == ("disc", "ring")
    assert found.boxes[:, 0].tolist() == [200, 60]
    assert found.confidence.tolist() == pytest.approx([0.9 * 0.8, 0.8 * 0.8])
    assert found.labels.tolist() == [1, 1]
    assert found.is_uncertain.tolist() == [False, True]


def test_the_threshold_is_of_both_steps_and_can_be_named() -> None:
    lower = pipeline.assembled(two_step(), None, False, 0.1).particles(IMAGE, 1.0, ())
    assert lower.confidence.tolist() == pytest.approx([0.72, 0.64, 0.16])
    higher = pipeline.assembled(two_step(), None, False, 0.7).particles(IMAGE, 1.0, ())
    assert len(higher) == 1
    assert not len(pipeline.assembled(two_step(), None, False, 0.99).particles(IMAGE, 1.0, ()))
    unsure = TwoStep(detector((60, 60, 24, 0, 0.02)), CLASSIFIER, 0.5, None, "both")
    all_of_them = pipeline.assembled(unsure, None, False, 0.0).particles(IMAGE, 1.0, ())
    assert all_of_them.confidence.tolist() == pytest.approx([0.02 * 0.8])


def test_a_threshold_of_the_detector_alone_is_warned_of() -> None:
    before = detector(*BOXES)
    (warning,) = pipeline.assembled(CLASSIFIER, before, False, None).warnings
    assert "d: its threshold 0.250 was chosen for it alone" in warning
    for quiet in (
        pipeline.assembled(CLASSIFIER, before, False, 0.2),  # the user's own
        pipeline.assembled(two_step(), None, False, None),  # of the pair
        pipeline.assembled(before, None, False, None),
        pipeline.assembled(CLASSIFIER, None, True, None),
    ):
        assert not quiet.warnings


def test_novelty_stays_with_its_particle() -> None:
    found = pipeline.assembled(two_step(), None, False, 0.1).particles(IMAGE, 1.0, ())
    bright = IMAGE[found.boxes[:, 1].astype(int), found.boxes[:, 0].astype(int)] > IMAGE.max() // 2
    assert found.is_unknown.tolist() == (~bright).tolist()
    assert len(set(bright.tolist())) == 2


def test_a_classifier_that_does_not_tell_leaves_novelty_open() -> None:
    older = Classifier(lambda patches: np.tile([0.2, 0.8], (len(patches), 1)), ("a", "b"), "c", "2")
    found = pipeline.assembled(older, None, True, None).particles(IMAGE, 1.0, [(60, 60), (9, 9)])
    assert np.isnan(found.novelty).all()
    assert not found.is_unknown.any()
    assert found.boxes[:, 0].tolist() == [60, 9]


def test_of_two_steps_points_need_the_classifier_alone() -> None:
    used = pipeline.assembled(two_step(), None, True, None)
    found = used.particles(IMAGE, 1.0, [(9, 9), (60, 60)])
    assert found.confidence.tolist() == pytest.approx([0.8, 0.8])
    assert found.are_points
    assert found.is_uncertain is None  # the threshold is of detections


def test_two_steps_take_no_other_detector() -> None:
    with pytest.raises(DatasetError, match="detects particles itself"):
        pipeline.assembled(two_step(), detector(*BOXES), False, None)
    with pytest.raises(DatasetError, match="consists of two steps; expected a network that det"):
        pipeline.assembled(CLASSIFIER, two_step(), False, None)


def test_a_field_of_many_particles_can_be_stopped() -> None:
    """Ctrl-C need not wait until the classifier has seen thousands of patches."""
    looked_at = []

    def slow(patches: np.ndarray) -> Classified:
        looked_at.append(len(patches))
        return examine(patches)

    slow_one = dataclasses.replace(CLASSIFIER, with_novelty=slow)
    chosen = pipeline.Pipeline(None, slow_one, 0.0)
    points = [(10.0 + n % 280, 150.0) for n in range(300)]
    found = chosen.particles(IMAGE, 1.0, points)
    assert (len(found), sum(looked_at)) == (300, 300)
    assert max(looked_at) <= pipeline.PATCHES_IN_TURN
    looked_at.clear()
    with pytest.raises(pipeline.StoppedError):
        chosen.stoppable(lambda: len(looked_at) == 2).particles(IMAGE, 1.0, points)
    assert len(looked_at) == 2


def test_results_of_other_thresholds_are_not_those() -> None:
    abouts = [
        pipeline.assembled(model, None, False, None).about()
        for model in (two_step(), two_step(0.4), two_step(certain=0.8))
    ]
    assert len({json.dumps(about) for about in abouts}) == 3


def test_counting_agrees_with_scoring_where_one_class_alone_can_count() -> None:
    rng = np.random.default_rng(0)
    found = detections(*((100.0 * n, 50, 40, 0, c) for n, c in enumerate(rng.uniform(0.5, 1, 40))))
    probabilities = rng.dirichlet([0.3] * 5, 40)
    counted, rows = most_likely(found, probabilities, 0.5)
    scored = with_classes(found, probabilities, 300)
    chosen = scored.confidence >= 0.5
    assert 5 < chosen.sum() < 40
    np.testing.assert_array_equal(counted.confidence, scored.confidence[chosen])
    np.testing.assert_array_equal(counted.labels, scored.labels[chosen])
    np.testing.assert_array_equal(counted.boxes, found.boxes[rows])


def test_more_particles_than_are_compared_at_once() -> None:
    count = 2 * AT_ONCE + 10
    rows = [(100.0 * n, 50, 40, n % 2, 0.4) for n in range(count)]
    rows += [(100.0 * n + 1, 50, 40, 1 - n % 2, 0.3) for n in range(count)]
    found = any_class(detections(*rows), 2, most=count)
    assert found.confidence == pytest.approx(np.full(count, 0.7))
    assert found.left_out == 0
    assert any_class(detections(*rows), 2, most=200).left_out == count - 200
    assert any_class(detections(*rows), 2, most=200, min_particle=0.9).left_out == 0


def test_the_class_of_a_particle_is_weighed_between_both_networks() -> None:
    found = detections((50, 50, 40, 0, 0.6), (52, 50, 40, 1, 0.2), (200, 50, 40, 1, 0.5))
    particles = any_class(found, 2)
    by_classifier = np.array([[0.1, 0.9], [0.8, 0.2]])
    assert weighted(particles, by_classifier, found, 0) is by_classifier
    both = weighted(particles, by_classifier, found, 0.5)
    assert both.tolist() == [pytest.approx([0.425, 0.575]), pytest.approx([0.4, 0.6])]
    assert weighted(particles, by_classifier, found, 1).tolist() == [
        pytest.approx([0.75, 0.25]), pytest.approx([0, 1]),
    ]  # fmt: skip
    none = any_class(detections(), 2)
    assert weighted(none, np.zeros((0, 2)), detections(), 0.5).shape == (0, 2)


def test_the_detectors_class_counts_by_name_and_is_part_of_what_results_depend_on() -> None:
    # The detector's classes are named in another order than the classifier's.
    finder = dataclasses.replace(detector(*BOXES), classes=("ring", "disc"))
    plain = TwoStep(finder, CLASSIFIER, 0.1, None, "both")
    used = pipeline.assembled(plain, None, False, None)
    assert "detector_weight" not in used.about()
    assert "tta" not in used.about()
    weighed = pipeline.assembled(dataclasses.replace(plain, detector_weight=0.5), None, False, None)
    assert weighed.about()["detector_weight"] == 0.5
    found = weighed.particles(IMAGE, 1.0, ())
    assert found.boxes[:, 0].tolist() == [60, 200, 120]
    # Of the three the detector says ring 5 in 8, disc, ring; the classifier always ring at .8.
    assert found.labels.tolist() == [1, 0, 1]
    assert found.confidence.tolist() == pytest.approx([0.8 * 0.7125, 0.9 * 0.6, 0.2 * 0.9])


def test_a_pair_in_eight_views_detects_in_each_and_says_so() -> None:
    shown: list[tuple[int, ...]] = []

    def detect_batch(images: np.ndarray) -> list[DetectedBoxes]:
        shown.append(images.shape)
        return [detections((160, 160, 24, 0, 0.9)) for _ in images]

    one = dataclasses.replace(detector(), detect_batch=detect_batch)
    in_eight = augmented(one, 8, 300)
    assert (one.tta, in_eight.tta) == (1, 8)
    used = pipeline.assembled(TwoStep(in_eight, CLASSIFIER, 0.1, None, "both"), None, False, None)
    assert used.about()["tta"] == 8
    found = used.particles(IMAGE, 1.0, ())
    assert len(shown) == 8
    assert found.boxes.tolist() == [[160, 160, 24, 24]]  # the middle of the tile in every view
    assert found.confidence.tolist() == pytest.approx([0.9 * 0.8])
