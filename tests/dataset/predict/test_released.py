"""The models that come with the package: each is the network of a committed record, with a card."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from project_paths import ROOT

from leaderboard.ground_truth import detection as ground_truth
from leaderboard.metrics.matching import overlaps
from leaderboard.predictions import detection as predictions
from leaderboard.results.store import path_of_run
from tem_virus_dataset import DatasetError
from tem_virus_dataset.__main__ import main
from tem_virus_dataset.formats import image_file
from tem_virus_dataset.networks import onnx_network
from tem_virus_dataset.networks.classifier import Classifier
from tem_virus_dataset.networks.detector import Detector
from tem_virus_dataset.networks.two_step import TwoStep
from tem_virus_dataset.predict import models, pairs, pipeline
from tem_virus_dataset.sources import mirror

pytest.importorskip("onnxruntime")
MOST_MEGABYTES = 25
CONFIG = "tem_virus/mirror_11class_boxes"
PAIRS = ["virus-two-step", "virus-two-step-fast"]
NAMES = ["exosome-detector", "virus-classifier", "virus-detector", *PAIRS]
RECORDS = ROOT / "leaderboard" / "records"


def record_of(data: str, run: str) -> tuple[Path, dict]:
    """Return the file of a run's record and the record; runs on several data have one name."""
    file = path_of_run(RECORDS, data, run)
    return file, json.loads(file.read_text("utf-8"))


def test_each_has_the_scores_and_the_classes_of_its_record() -> None:
    released = models.released()
    assert [model.name for model in released] == NAMES
    assert sum(file.stat().st_size for file in models.FOLDER.iterdir()) / 1e6 <= MOST_MEGABYTES
    for model in released:
        _, record = record_of(model.stated.data, model.stated.run)
        assert model.stated.classes == record["classes"]
        assert model.stated.scores["test"] == pytest.approx(record["test"], abs=1e-9)
        assert model.stated.run in model.card
        for value in record["test"].values():
            assert f"{value:.3f}" in model.card


@pytest.mark.parametrize("name", ["exosome-detector", "virus-classifier", "virus-detector"])
def test_each_computes_what_the_network_of_its_record_does(name: str) -> None:
    ours = onnx_network.load(models.find(name))
    file, _ = record_of(ours.metadata.data, ours.metadata.run)
    theirs = onnx_network.load(file.with_suffix(".onnx"))
    size = ours.metadata.image_size
    images = np.random.default_rng(0).normal(size=(2, size, size, 1)).astype(np.float32)
    found, expected = ours.predict_on_batch(images), theirs.predict_on_batch(images)
    np.testing.assert_array_equal(found, expected)


def test_half_of_the_processors_compute_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    monkeypatch.delenv("TF_NUM_INTRAOP_THREADS", raising=False)
    network = onnx_network.load(models.find("virus-classifier"))
    half = network.on_half()
    assert half.session.get_session_options().intra_op_num_threads == 2
    size = network.metadata.image_size
    images = np.random.default_rng(1).normal(size=(3, size, size, 1)).astype(np.float32)
    for outputs in zip(
        half.outputs_on_batch(images), network.outputs_on_batch(images), strict=True
    ):
        np.testing.assert_array_equal(*outputs)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert network.on_half() is network


@pytest.mark.parametrize(("name", "tta"), zip(PAIRS, (8, 1), strict=True))
def test_the_pair_has_the_threshold_of_its_record(name: str, tta: int) -> None:
    pair = models.load(name)
    assert isinstance(pair, TwoStep)
    _, record = record_of(CONFIG, pair.name)
    assert pair.confidence == record["confidence"]
    assert pair.certain_confidence is not None
    assert pair.confidence <= pair.certain_confidence < 1
    settings = record["recipe_settings"]
    assert settings["classifier"] == pair.classifier.name
    assert settings.get("detector_weight", 0) == pair.detector_weight
    _, detector = record_of(CONFIG, settings["detector"])
    network = detector["recipe_settings"].get("network_of", settings["detector"])
    assert (network, detector["recipe_settings"].get("tta", 1)) == (pair.detector.name, tta)
    for found in (None, pair.detector):  # of both pairs, the default is taken
        scored = models.scored_pair(found, pair.classifier)
        assert scored is not None
        assert scored.detector.tta == 8
    other = dataclasses.replace(pair.detector, digest="0" * 64)
    assert models.scored_pair(other, pair.classifier) is None


@pytest.mark.parametrize("name_of_pair", PAIRS)
def test_the_pair_counts_what_its_record_counted(name_of_pair: str, shared_data: Path) -> None:
    """On whole test micrographs: the record's detections were of the same networks."""
    pair = models.load(name_of_pair)
    used = pipeline.assembled(pair, None, False, None)
    truth = ground_truth.read(CONFIG, "test")
    file, _ = record_of(CONFIG, pair.name)
    expected = predictions.read_for(file.with_suffix(".test.csv.gz"), truth)
    count = same = 0
    for number in range(0, len(truth), len(truth) // 8):
        _, name, stem = str(truth.ids[number]).split("/")
        picture = shared_data / "mirror_11class" / "images" / "test" / f"{name}_{stem}.jpg"
        frame = image_file.gray(picture.read_bytes(), stem)
        x0, y0, x1, y1 = mirror.visible_window(frame)
        found = used.particles(frame[y0:y1, x0:x1], 1.0, ())
        counted = (expected.micrographs == number) & (expected.confidence >= pair.confidence)
        rows = np.flatnonzero(counted)
        assert abs(len(found) - len(rows)) <= 1
        count += len(rows)
        same += sum(
            bool(
                (
                    (overlaps(expected.boxes[[row]], found.boxes)[0] > 0.8)
                    & (np.abs(found.confidence - expected.confidence[row]) < 0.1)
                    & (found.labels == used.classes.index(truth.classes[expected.labels[row]]))
                ).any()
            )
            for row in rows
        )
    assert count > 20
    assert same >= 0.95 * count


def test_a_pair_states_views_and_weight_only_where_it_has_them() -> None:
    for name in PAIRS:
        file = models.find(name)
        assert pairs.read(file).text() == file.read_bytes()
        assert ("tta" in json.loads(file.read_text("utf-8"))) == (name == models.DEFAULT)


def test_a_weight_between_other_classes_is_refused(tmp_path: Path) -> None:
    for file in models.FOLDER.iterdir():
        (tmp_path / file.name).symlink_to(file)
    pair = dataclasses.replace(pairs.read(models.find(models.DEFAULT)), detector="exosome-detector")
    (tmp_path / "virus-two-step.json").unlink()
    (tmp_path / "virus-two-step.json").write_bytes(pair.text())
    with pytest.raises(DatasetError, match="a detector of exosome and a classifier of Adeno"):
        models.load("virus-two-step", tmp_path)


def test_a_pair_without_one_of_its_networks_is_one_clear_line(tmp_path: Path) -> None:
    for file in models.FOLDER.glob("virus-*"):
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "virus-classifier.onnx").unlink()
    with pytest.raises(DatasetError, match=r"expected virus-classifier\.onnx\. Install"):
        models.released(tmp_path)


def test_a_model_is_loaded_by_name_or_from_a_file(tmp_path) -> None:
    assert isinstance(models.load("virus-classifier"), Classifier)
    copy = tmp_path / "mine.onnx"
    copy.write_bytes(models.find("virus-detector").read_bytes())
    detector = models.load(str(copy))
    assert isinstance(detector, Detector)
    assert detector.nm_per_pixel == 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("virus-detectr", "did you mean 'virus-detector'"),
        ("gone.onnx", "no such file"),
        ("record.json", "the record of a run, not a network"),
    ],
)
def test_an_unknown_model_is_one_clear_line(name: str, said: str) -> None:
    with pytest.raises(DatasetError, match="expected one of exosome-detector") as caught:
        models.load(name)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_weights_of_another_program_are_named_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "mine.pt").write_bytes(b"weights")
    with pytest.raises(DatasetError, match=r"mine\.pt: a file that is no network; a training"):
        models.load(str(tmp_path / "mine.pt"))


def test_a_file_that_is_no_network_is_one_clear_line(tmp_path) -> None:
    file = tmp_path / "mine.onnx"
    file.write_bytes(b"not a network")
    with pytest.raises(DatasetError, match="ONNX Runtime cannot read it"):
        models.load(str(file))


def test_the_command_lists_them_and_shows_a_card(capsys) -> None:
    assert main(["models"]) == 0
    said = capsys.readouterr().out
    assert "virus-two-step (default) (virus-detector then virus-classifier)" in said
    assert "licence of the training data" in said
    assert main(["models", "virus-classifier"]) == 0
    assert "Not for diagnosis" in capsys.readouterr().out
