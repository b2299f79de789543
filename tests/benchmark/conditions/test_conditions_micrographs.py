"""Detectors under conditions: what they are shown, what they are told, files that are kept."""

import dataclasses

import numpy as np
import pytest
import small_scenes

from benchmark.conditions import micrographs, scores
from benchmark.conditions.networks import Named
from benchmark.detection import ground_truth
from benchmark.errors import BenchmarkError
from leaderboard.ground_truth.conditions import HardCell
from leaderboard.results import detection_conditions as results
from leaderboard.results.record import RecordError
from leaderboard.tables import detection_conditions as table
from tem_virus_dataset.conditions import corrupt
from tem_virus_dataset.networks.classifier import Classifier
from tem_virus_dataset.networks.detector import Detector
from tem_virus_dataset.networks.nms import DetectedBoxes
from tem_virus_dataset.networks.two_step import TwoStep

CLEAN, DEFOCUS, _, PIXEL_SIZE, INVERSION = micrographs.CELLS


@pytest.fixture
def data():
    """Small scenes, as if they had 1 nm per pixel."""
    scenes = small_scenes.small_scenes()
    splits = {
        split: [dataclasses.replace(scene, nm_per_pixel=1.0) for scene in of_split]
        for split, of_split in scenes.splits.items()
    }
    return dataclasses.replace(scenes, splits=splits)


def detector(seen: list) -> Detector:
    """Return a detector of the classes backwards that finds one ring at the brightest pixel."""

    def detect_batch(images):
        seen.extend(image.shape[:2] for image in images)
        places = [np.unravel_index(image[..., 0].argmax(), image.shape[:2]) for image in images]
        return [
            DetectedBoxes(
                np.array([[x + 0.5, y + 0.5, 20, 20]], np.float32),
                np.array([0]),
                np.array([0.9], np.float32),
            )
            for y, x in places
        ]

    return Detector(detect_batch, small_scenes.CLASSES[::-1], 640, 1.0, 40.0, 0.5, "made", "0" * 64)


def test_a_wrong_pixel_size_is_told_and_all_else_is_shown(data):
    scene = data.splits["test"][0]
    told = micrographs.scene_under(scene, PIXEL_SIZE)
    assert told.nm_per_pixel == pytest.approx(1.1)
    np.testing.assert_array_equal(told.image, scene.image)
    for cell in (CLEAN, DEFOCUS, INVERSION):
        shown = micrographs.scene_under(scene, cell)
        expected = corrupt.corrupted(scene.image, scene.id, cell.condition, cell.level)
        np.testing.assert_array_equal(shown.image, expected)
        assert shown.nm_per_pixel == 1
        np.testing.assert_array_equal(shown.boxes, scene.boxes)


def test_detections_have_the_pixels_and_classes_of_the_ground_truth(data):
    y, x = np.mgrid[:96, :128]
    image = (200 * np.exp(-((x - 100) ** 2 + (y - 60) ** 2) / 50)).astype(np.uint8)
    scene = dataclasses.replace(data.splits["test"][0], image=image)
    seen = []
    for cell in (CLEAN, PIXEL_SIZE):
        shown = micrographs.scene_under(scene, cell)
        found = micrographs.detections_of(detector(seen), shown, small_scenes.CLASSES, 300)
        assert np.abs(found.boxes[0, :2] - (100, 60)).max() < 3  # enlarged, and back
        assert small_scenes.CLASSES[found.labels[0]] == "ring"
    assert seen[1][0] > seen[0][0] or seen[1][1] > seen[0][1]


def test_of_a_pair_the_detectors_class_has_its_weight(data):
    scene = data.splits["test"][0]
    ring, disc = (small_scenes.CLASSES.index(name) for name in ("ring", "disc"))

    def classify(patches):  # says disc, at .6; its classes are in the other order, too
        return np.tile([0.4, 0.6], (len(patches), 1))

    classifier = Classifier(classify, ("ring", "disc"), "c", "1")
    for weight, expected in ((0.0, {ring: 0.36, disc: 0.54}), (0.5, {ring: 0.63, disc: 0.27})):
        pair = TwoStep(detector([]), classifier, 0.5, None, "pair", weight)
        found = micrographs.detections_of(pair, scene, small_scenes.CLASSES, 300)
        by_class = dict(zip(found.labels.tolist(), found.confidence.tolist(), strict=True))
        assert by_class == pytest.approx(expected)


def test_of_a_pair_all_detections_add_up_before_the_limit_as_in_predict(data):
    def detect_batch(images):  # one particle, of two classes
        boxes = np.tile(np.array([[50, 40, 20, 20]], np.float32), (2, 1))
        one = DetectedBoxes(boxes, np.array([0, 1]), np.array([0.6, 0.3], np.float32))
        return [one] * len(images)

    finder = dataclasses.replace(detector([]), detect_batch=detect_batch)
    classifier = Classifier(
        lambda patches: np.tile([0.4, 0.6], (len(patches), 1)), ("ring", "disc"), "c", "1"
    )
    pair = TwoStep(finder, classifier, 0.5, None, "pair")
    scene = data.splits["test"][0]
    found = micrographs.detections_of(pair, scene, small_scenes.CLASSES, 1)
    assert found.confidence.tolist() == pytest.approx([0.9 * 0.6])


def test_other_pixel_sizes_than_1_nm_are_refused():
    scene = small_scenes.small_scenes().splits["test"][0]
    with pytest.raises(BenchmarkError, match=r"2.0 nm per pixel; expected 1"):
        micrographs.scene_under(scene, DEFOCUS)


def test_cells_are_finished_once_scored_and_shown(data, tmp_path):
    cells = (CLEAN, INVERSION)
    hashes = {cell: micrographs.pictures_of(data.splits["test"], cell) for cell in cells}
    seen = []
    found = micrographs.evaluate(detector(seen), data, hashes, tmp_path / "cells")
    assert len(seen) == 6
    again = micrographs.evaluate(detector(seen), data, hashes, tmp_path / "cells")
    assert len(seen) == 6
    np.testing.assert_array_equal(again[CLEAN].boxes, found[CLEAN].boxes)
    with pytest.raises(BenchmarkError, match="inversion-1: its micrographs have the hash"):
        micrographs.evaluate(detector(seen), data, {INVERSION: "0" * 64}, tmp_path / "others")
    hard = [HardCell(c.condition, c.level, "", "", hashes[c]) for c in cells]
    named = Named(
        "detection", tmp_path / "a.onnx", "0" * 64, small_scenes.CLASSES, "made", "scratch",
        "steady", 0, {"mosaic": 1.0}, data.config,
    )  # fmt: skip
    truth = ground_truth.table(data, "test")
    by_key = {(c.condition, c.level): value for c, value in found.items()}
    scored = scores.of_micrographs(named, 0.5, truth, hard, by_key)
    assert scored.trained_with == ["off_centre"]
    assert scored.cells[0].scores["f1"] >= scored.cells[1].scores["f1"]
    results.write(results.path(tmp_path, scored), scored)
    assert results.read_all(tmp_path, data.config, hard) == [scored]
    text = table.section_text([scored], hard)
    assert f"{scored.cells[0].scores['recall']:.3f}" in text
    other = [hard[0], dataclasses.replace(hard[1], pictures="9" * 64)]
    with pytest.raises(RecordError, match=f"{hard[1].name} is of the images"):
        results.read_all(tmp_path, data.config, other)
    results.path(tmp_path, scored).rename(tmp_path / data.config.partition("/")[2] / "other.json")
    with pytest.raises(RecordError, match="holds the scores of 'made-scratch-steady-s0'"):
        results.read_all(tmp_path, data.config, hard)
