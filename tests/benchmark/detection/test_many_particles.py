"""Micrographs with more than 300 particles: none is lost in evaluation, files and scores."""

import functools
from pathlib import Path

import cv2
import numpy as np
import pytest
import small_micrograph
from running import do_inside, only_record

from benchmark.detection import evaluate, ground_truth, npz_file, run
from benchmark.detection.data import Scene, Scenes, checksum
from benchmark.detection.recipes import RECIPES
from leaderboard import score as score_command
from leaderboard.predictions import detection as predictions
from leaderboard.results import store as records
from leaderboard.scoring import detection as scoring
from tem_virus_dataset.networks import detect, nms
from tem_virus_dataset.networks.nms import DetectedBoxes

RADIUS, SIDE, COUNT = 15, 2048, 600
RECIPE = RECIPES["quick"]
CONFIDENCE = np.linspace(0.99, 0.1, 2500, dtype=np.float32)


def places(count: int, side: int) -> list[tuple[float, float]]:
    """Centres on a grid: discs that do not touch."""
    columns = int(np.ceil(np.sqrt(count)))
    step = side / columns
    return [((n % columns + 0.5) * step, (n // columns + 0.5) * step) for n in range(count)]


def crowd(name: str, count: int = COUNT, side: int = SIDE) -> Scene:
    at = places(count, side)
    rng = np.random.default_rng(0)
    image = rng.normal(80, 3, (side, side)).clip(0, 160).astype(np.uint8)
    for x, y in at:
        cv2.circle(image, (int(x), int(y)), RADIUS, 200, -1)
    boxes = np.array([(*centre, 2 * RADIUS, 2 * RADIUS) for centre in at], np.float32)
    return Scene(name, image, boxes, np.zeros(count, np.int64), None)


@functools.cache
def crowds(count: int = COUNT, side: int = SIDE, test_side: int = 640) -> Scenes:
    """Two scenes to train on; so many discs in that of validation, 160 in one of test."""
    splits = {
        "train": [crowd("train/a", 40, 512), crowd("train/b", 40, 512)],
        "validation": [crowd("validation/a", count, side)],
        "test": [crowd("test/a", 160, test_side), crowd("test/b", 3, 64)],
    }
    return Scenes("tem_virus/crowds", "1.0.0", ("disc",), checksum(splits), splits)


def planted(images: np.ndarray) -> list[DetectedBoxes]:
    """Every disc, with its class."""
    return [
        DetectedBoxes(found.boxes, np.zeros_like(found.labels), found.confidence)
        for found in small_micrograph.detect_discs(images)
    ]


def test_600_particles_in_tiles_are_all_detected_written_read_and_scored(tmp_path: Path) -> None:
    data = crowds()
    scenes, table = data.splits["validation"], ground_truth.table(data, "validation")
    assert table.max_detections == evaluate.limit(scenes) == 2 * COUNT
    detected = evaluate.predict_with(planted, 2 * RADIUS, 1, scenes, RECIPE)
    assert not evaluate.left_out(table, detected)
    found = evaluate.joined(table, detected)
    run.write_predictions(tmp_path / "a.csv.gz", data, "validation", found)
    scored = scoring.score(table, predictions.read_for(tmp_path / "a.csv.gz", table), 0.5)
    assert (scored.scores.recall, scored.scores.precision) == (1, 1)
    assert scored.scores.ap50 == pytest.approx(1)
    assert scored.scores.count_error == 0


def many(images: np.ndarray, most: int = 900) -> list[DetectedBoxes]:
    """2500 detections in every image, of which a suppression keeps the most confident."""
    at = np.array(places(2500, 1200), np.float32)
    boxes = np.hstack([at, np.full_like(at, 8)])
    return [
        nms.non_maximum_suppression(boxes, CONFIDENCE[:, None], max_detections=most) for _ in images
    ]


def test_what_exceeds_the_limit_is_the_least_confident_and_is_said() -> None:
    data = crowds()
    table = ground_truth.table(data, "validation")
    scenes = [crowd("a", 450), crowd("b", 3, 1216)]
    in_tiles, whole = evaluate.predict_with(many, 8.0, 1, scenes, RECIPE)
    assert len(in_tiles.boxes) == 900  # of four tiles, which have 900 each
    assert (in_tiles.confidence >= CONFIDENCE[899]).all()
    assert in_tiles.left_out > 4 * 1600  # of the tiles, and of the whole
    assert whole.left_out == 1600
    cut = evaluate.left_out(table, [in_tiles, *many(np.zeros((1, 1)))])
    assert cut.startswith("validation: 1200 detections are kept of a micrograph (300, or twice")
    assert "2 of 2 micrographs have more" in cut
    least = in_tiles.confidence.min()  # of `whole` there are less confident ones
    assert cut.endswith(f"{in_tiles.left_out + 1600} of confidence {least:.4f} or less")


def test_a_training_on_crowded_micrographs_ends_with_scores(
    tiny_detector: str, tmp_path: Path, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The network has hardly learned: it predicts more than 300 in a micrograph.

    Validation is of four tiles, which have 320 pixels a side here; test is of one.
    """
    monkeypatch.setattr(evaluate, "LARGEST", 320)
    data = crowds(200, 512, 320)
    npz_file.write(data, tmp_path / "crowds.npz")
    settings = ["--recipe", "quick", "--set", "epochs=1", "samples_per_class=4", "image_size=32"]
    arguments = ["--models", tiny_detector, "--data", tmp_path / "crowds.npz", *settings]
    assert do_inside(tmp_path, *arguments) == 0
    assert "up to 40 in a micrograph, of 30 to 30 pixels" in capfd.readouterr().err
    record = only_record(tmp_path)
    assert record.status == "finished"
    for split, most in (("validation", 400), ("test", 320)):
        table = ground_truth.table(data, split)
        file = records.predictions_path(tmp_path / "records", record, split)
        found = predictions.read_for(file, table)
        assert 300 < np.bincount(found.micrographs).max() <= most
        scores = scoring.score(table, found, record.confidence).scores.known()
        assert scores == pytest.approx(getattr(record, split))
    table_file = ground_truth.write(data, tmp_path / "tables")
    file = records.predictions_path(tmp_path / "records", record, "validation")
    arguments = [str(file), "--data", "tem_virus/crowds", "--table", str(table_file)]
    assert score_command.main(arguments) == 0
    assert "F1" in capfd.readouterr().out


def test_a_users_micrograph_has_a_high_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = crowd("a", 700)
    detector = small_micrograph.detector(tile_size=640)
    found = detect.detect(scene.image, 1.0, detector, 0.5)
    assert (len(found.boxes), found.left_out) == (700, 0)
    monkeypatch.setattr(detect, "MOST", 500)
    found = detect.detect(scene.image, 1.0, detector, 0.5)
    assert (len(found.boxes), found.left_out) == (500, 200)
