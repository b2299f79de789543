"""Networks that are kept beside their records predict without weights."""

import dataclasses
import hashlib
import importlib.util
import json
from pathlib import Path

import made_detector
import numpy as np
import pytest
import small_data
from small_run import record_file

from benchmark.errors import BenchmarkError
from benchmark.predict import models
from benchmark.runs import trained
from leaderboard.results import store as records
from leaderboard.results.store import RecordError
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.networks import inference
from tem_virus_dataset.networks.classifier import Classifier
from tem_virus_dataset.networks.detector import Detector


def with_network(small: Path, tmp_path: Path) -> Path:
    """Return the record of the small run in a folder without weights, its network beside it."""
    from benchmark.network_files import keep

    record = records.read(record_file(small))
    network, _ = trained.network(record, small / "runs")
    kept = keep.written(record, network, small_data.small_data(), tmp_path / "records")
    return records.write(tmp_path / "records", kept)


def test_without_weights_the_network_beside_the_record_is_used(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = with_network(small, tmp_path)
    test = small_data.small_data().splits["test"]
    used = models.load(file, tmp_path / "none")
    trained_one = models.load(record_file(small), small / "runs")
    assert isinstance(used, Classifier) and isinstance(trained_one, Classifier)
    expected = trained_one.classify(test.images)
    np.testing.assert_allclose(used.classify(test.images), expected, atol=5e-3)
    assert (used.classes, used.name) == (trained_one.classes, trained_one.name)
    assert used.digest == records.read(file).network["sha256"]
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name: None if name == "onnxruntime" else find(name)
    )
    with pytest.raises(DatasetError, match=r"onnxruntime is not installed; .*pip install"):
        models.load(file, tmp_path / "none")


def test_the_network_beside_the_record_is_used_before_weights_of_its_name(
    small: Path, tmp_path: Path
) -> None:
    file = with_network(small, tmp_path)
    record = records.read(file)
    weights = trained.weights(record, tmp_path / "runs")
    weights.parent.mkdir(parents=True)
    weights.write_bytes(trained.weights(record, small / "runs").read_bytes())
    assert models.load(file, tmp_path / "runs").digest == record.network["sha256"]
    file.with_suffix(".onnx").unlink()  # they are the next best
    assert models.load(file, tmp_path / "runs").digest != record.network["sha256"]


@pytest.mark.parametrize(
    ("job", "said"),
    [
        ({"version": "9.9.9"}, r"holds a training with data .* 9\.9\.9; expected .* 1\.0\.0"),
        ({"weights": "/a/other.onnx"}, "weights to start from other.onnx; expected None"),
    ],
)
def test_weights_of_a_later_training_of_the_same_name_are_refused(
    small: Path, tmp_path: Path, job: dict[str, str], said: str
) -> None:
    record = records.read(record_file(small))
    weights = trained.weights(record, tmp_path)
    weights.parent.mkdir(parents=True)
    weights.write_bytes(trained.weights(record, small / "runs").read_bytes())
    of_record = {"dataset": record.data, "version": record.data_version, "weights": None}
    (weights.parent / "job.json").write_text(json.dumps(of_record))
    models.load(record_file(small), tmp_path)
    (weights.parent / "job.json").write_text(json.dumps(of_record | job))
    with pytest.raises(BenchmarkError, match=said):
        models.load(record_file(small), tmp_path)


@pytest.mark.parametrize(
    ("edited", "said"),
    [
        ({"classes": None}, "has classes .*, and the network beside it states"),
        ({"temperature": 0.5}, "has temperature 0.5, and the network beside it states None"),
    ],
)
def test_a_record_that_states_something_else_than_its_network(
    small: Path, tmp_path: Path, edited: dict[str, object], said: str
) -> None:
    file = with_network(small, tmp_path)
    text = json.loads(file.read_text())
    if "classes" in edited:
        edited = {"classes": text["classes"][::-1]}
    file.write_text(json.dumps(text | edited))
    with pytest.raises(BenchmarkError, match=f"{said}.*Restore both files"):
        models.load(file, tmp_path / "none")


def test_a_damaged_network_is_refused(small: Path, tmp_path: Path) -> None:
    file = with_network(small, tmp_path)
    file.with_suffix(".onnx").write_bytes(b"damaged")
    with pytest.raises(RecordError, match="found 7 bytes with sha256"):
        models.load(file, tmp_path / "none")
    file.with_suffix(".onnx").unlink()
    with pytest.raises(RecordError, match="cannot be read"):
        models.load(file, tmp_path / "none")


def test_a_detectors_network_beside_the_record_is_used(tiny_detector: str, tmp_path: Path) -> None:
    from benchmark.detection.recipes import RECIPES
    from benchmark.models import registry
    from benchmark.models.layers import yolov5_network
    from benchmark.network_files import convert, keep, onnx_file
    from benchmark.network_files import detection as of_task

    settings = dataclasses.asdict(RECIPES["quick"])
    record = made_detector.add(tmp_path / "records", tiny_detector, recipe_settings=settings)
    network = registry.model(tiny_detector).build((None, None, 1), 11, registry.Options())
    anchors = np.arange(18, dtype=np.float32).reshape(3, 3, 2) + 8
    yolov5_network.anchors_of(network).assign(anchors)
    metadata = keep.metadata_of(record, of_task.metadata_fields, network, "float32")
    content = onnx_file.written(convert.converted(network, "detection"), metadata)
    records.network_path(tmp_path / "records", record).write_bytes(content)
    stated = {
        "file": f"{record.run}.onnx", "bytes": len(content), "dtype": "float32",
        "sha256": hashlib.sha256(content).hexdigest(), "score_difference": 0.0,
    }  # fmt: skip
    file = records.write(tmp_path / "records", dataclasses.replace(record, network=stated))
    found = models.load(file, tmp_path / "none")
    assert isinstance(found, Detector)
    assert (found.tile_size, found.nm_per_pixel) == (640, 4.0)
    image = np.random.default_rng(0).normal(size=(2, 64, 96, 1)).astype(np.float32)
    for ours, theirs in zip(
        found.detect_batch(image), inference.of_network(network, anchors)(image), strict=True
    ):
        both = min(len(ours.confidence), len(theirs.confidence))
        assert both > 5
        np.testing.assert_allclose(
            np.sort(ours.confidence)[-both:], np.sort(theirs.confidence)[-both:], rtol=1e-3
        )
