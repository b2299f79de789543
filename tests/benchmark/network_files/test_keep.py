"""A trained network as a file: it gives the record's predictions, or it is not kept."""

import dataclasses
import shutil
from pathlib import Path

import keras
import numpy as np
import onnx
import pytest
import small_data
import small_scenes
from running import only_record

from benchmark.detection import evaluate, ground_truth, recipes
from benchmark.models import registry
from benchmark.models.layers.yolov5_network import anchors_of
from benchmark.network_files import classification, keep
from benchmark.runs import trained
from leaderboard.predictions import classification as predictions
from leaderboard.results import detection as detection_results
from leaderboard.results import network_file
from leaderboard.results import store as records
from leaderboard.results.record import Record
from leaderboard.scoring import detection as scoring
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.networks import onnx_network


@pytest.fixture
def run(small: Path, tmp_path: Path) -> tuple[Record, keras.Model, Path]:
    """The small run: its record, its network, and a copy of the folder of its records."""
    record = only_record(small)
    network, _ = trained.network(record, small / "runs")
    return record, network, Path(shutil.copytree(small / "records", tmp_path / "records"))


@pytest.fixture(scope="module")
def converted(small: Path) -> bytes:
    """The network of the small run as an ONNX model that states nothing yet."""
    network, _ = trained.network(only_record(small), small / "runs")
    content: bytes = keep.convert.converted(network, "classification").SerializeToString()
    return content


@pytest.fixture
def run_converted(run, converted: bytes, monkeypatch: pytest.MonkeyPatch):
    """The small run, whose network is not converted again: that takes most of the time."""
    monkeypatch.setattr(keep.convert, "converted", lambda *_: onnx.load_from_string(converted))
    return run


def test_the_file_predicts_what_the_run_predicted(run, small: Path) -> None:
    record, network, root = run
    kept = keep.written(record, network, small_data.small_data(), root)
    assert kept.network["dtype"] == "float16"
    assert kept.network["score_difference"] < 5e-5
    assert kept.network["bytes"] < 0.6 * 4 * record.parameters_total
    records.write(root, kept)
    network_file.check(root, records.read_all(root))
    test = small_data.small_data().splits["test"]
    recorded = predictions.read(
        records.predictions_path(root, record, "test"), list(test.ids), record.classes
    )
    found = classification.classify(
        onnx_network.load(records.network_path(root, kept)), test.images
    )
    np.testing.assert_allclose(found, recorded, atol=5e-3)
    assert (found.argmax(axis=1) == recorded.argmax(axis=1)).all()


def test_the_file_states_all_that_its_use_needs(run) -> None:
    record, network, root = run
    kept = keep.written(record, network, small_data.small_data(), root)
    stated = onnx_network.load(records.network_path(root, kept)).metadata
    assert (stated.task, stated.classes) == ("classification", record.classes)
    assert (stated.image_size, stated.nm_per_pixel, stated.tta) == (32, 8.0, 8)
    assert (stated.run, stated.seed, stated.data) == (record.run, record.seed, record.data)
    assert stated.content_hash == record.content_hash
    assert stated.scores == {"test": record.test, "validation": record.validation}
    assert (stated.training_data, stated.licence) == (
        "synthetic micrographs of this project", "Apache-2.0",
    )  # fmt: skip
    model = onnx.load(records.network_path(root, kept))
    assert [value.name for value in (*model.graph.input, *model.graph.output)] == [
        "images", "probabilities",
    ]  # fmt: skip


def test_weights_in_float16_that_change_a_score_are_stored_in_float32(
    run_converted, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, network, root = run_converted
    true_scores = classification.scores

    def worse_in_half(file_network, *arguments):
        found = true_scores(file_network, *arguments)
        if file_network.metadata.dtype == "float16":
            found["test"]["f1"] -= 1e-4
        return found

    monkeypatch.setattr(classification, "scores", worse_in_half)
    kept = keep.written(record, network, small_data.small_data(), root)
    assert kept.network["dtype"] == "float32"
    assert kept.network["bytes"] > 3.9 * record.parameters_trainable


@pytest.mark.parametrize(("near", "is_kept"), [(-0.002, True), (0.002, True), (0.1, False)])
def test_a_detection_at_the_threshold_may_be_a_large_share_of_few_boxes(
    near: float, is_kept: bool, run_converted, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, network, root = run_converted
    # A small classifier takes the place of a detector, which takes long to convert.
    monkeypatch.setattr(Record, "__post_init__", lambda self: None)
    record = dataclasses.replace(record, confidence=0.5)
    true_scores = classification.scores

    def counted(file_network, data, recipe, of_record):
        found = true_scores(file_network, data, recipe, of_record)
        if of_record.confidence != pytest.approx(0.5 + near):
            found["test"]["f1"] -= 0.25  # one of four boxes
        return found

    monkeypatch.setattr(classification, "scores", counted)
    kept = keep.kept(record, network, small_data.small_data(), root)
    assert bool(kept.network) == is_kept
    if is_kept:
        assert kept.network["score_difference"] == pytest.approx(0.25, abs=1e-3)


@pytest.mark.parametrize(
    ("data", "damage", "is_kept"),
    [("folder/mine", 0.0, True), ("folder/mine", 0.5, False), ("tem_virus/small", 0.0, False)],
)
def test_of_few_own_images_the_outputs_decide(
    data: str, damage: float, is_kept: bool, run_converted, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, network, root = run_converted
    record = dataclasses.replace(record, data=data)
    (root / record.config).mkdir(exist_ok=True)
    true_scores, read = classification.scores, keep.onnx_network.of_bytes

    def scored(*given):
        found = true_scores(*given)
        found["test"]["f1"] -= 0.25  # one of four boxes, at the edge of an IoU
        return found

    class Damaged:
        def __init__(self, file: onnx_network.OnnxNetwork) -> None:
            self.file, self.metadata = file, file.metadata

        def predict_on_batch(self, images: np.ndarray) -> np.ndarray:
            return self.file.predict_on_batch(images) + damage

    monkeypatch.setattr(classification, "scores", scored)
    monkeypatch.setattr(keep.onnx_network, "of_bytes", lambda *given: Damaged(read(*given)))
    kept = keep.kept(record, network, small_data.small_data(), root)
    assert bool(kept.network) == is_kept, kept.no_network
    assert records.network_path(root, record).exists() == is_kept
    records.network_path(root, record).unlink(missing_ok=True)


def test_a_network_of_other_weights_is_not_kept(run) -> None:
    record, network, root = run
    other = keras.models.clone_model(network)
    kept = keep.kept(record, other, small_data.small_data(), root)
    assert kept.network is None
    assert "its scores differ by 0." in kept.no_network
    assert not records.network_path(root, record).exists()


@pytest.mark.parametrize(
    "module, name, value, reason",
    [
        (
            keep,
            "MOST_BYTES",
            1_000_000,
            "its file would have 2 MB; networks of more than 10 MB are",
        ),
        (keras.backend, "backend", lambda: "jax", "the backend jax writes no ONNX files; TensorFl"),
        (keep.convert, "NEEDED", ("onnx", "nothing_such"), "nothing_such not installed"),
        (keep.convert, "converted", lambda *_: 1 / 0, "division by zero"),
    ],
)
def test_a_file_that_cannot_be_written_is_no_failure_of_the_run(
    module, name: str, value, reason: str, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, network, root = run
    earlier = records.network_path(root, record)
    earlier.write_bytes(b"of an earlier run")
    monkeypatch.setattr(module, name, value)
    kept = keep.kept(record, network, small_data.small_data(), root)
    assert kept.network is None
    assert reason in kept.no_network
    assert not earlier.exists()
    assert records.read(records.write(root, kept)) == kept


def test_a_network_trained_in_bfloat16_is_kept_in_float32_arithmetic(run) -> None:
    record, network, root = run
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        mixed = registry.model("plain_cnn").build((32, 32, 1), 3, registry.Options())
    finally:
        keras.config.set_dtype_policy(before)
    mixed.set_weights(network.get_weights())
    kept = keep.written(record, mixed, small_data.small_data(), root)
    model = onnx.load(records.network_path(root, kept))
    types = {tensor.data_type for tensor in model.graph.initializer}
    assert onnx.TensorProto.BFLOAT16 not in types
    assert kept.network["score_difference"] < 5e-5


def test_a_detectors_file_gives_the_detections_of_the_run(
    tiny_detector: str, tmp_path: Path, small: Path
) -> None:
    data = small_scenes.small_scenes()
    recipe = dataclasses.replace(recipes.RECIPES["quick"], nm_per_pixel=2.5)
    keras.utils.set_random_seed(0)
    network = registry.model(tiny_detector).build((None, None, 1), 2, registry.Options())
    anchors_of(network).assign((np.arange(18).reshape(3, 3, 2) + 8).astype(np.float32))
    for layer in network.layers:  # so that confidences are high and differ
        if isinstance(layer, keras.layers.Conv2D) and layer.filters == 3 * (5 + 2):
            layer.kernel.assign(100 * layer.kernel)
    tables = {table.split: table for table in ground_truth.tables(data)}
    found = {
        split: evaluate.joined(table, evaluate.predict(network, data.splits[split], recipe))
        for split, table in tables.items()
    }
    fields = detection_results.record_fields(scoring.score_splits(tables, found))
    record = dataclasses.replace(
        only_record(small), task="detection", model=tiny_detector, data=data.config,
        classes=list(data.classes), confusion=None, recipe_settings=dataclasses.asdict(recipe),
        content_hash=data.content_hash, epochs=2, history=None, **fields,
    )  # fmt: skip
    (tmp_path / record.config).mkdir()
    kept = keep.written(record, network, data, tmp_path)
    assert kept.network["score_difference"] < keep.CLOSE
    stated = onnx_network.load(records.network_path(tmp_path, kept)).metadata
    assert (stated.nm_per_pixel, stated.confidence) == (2.5, record.confidence)
    np.testing.assert_array_equal(stated.anchors, anchors_of(network).numpy())


def test_a_damaged_file_and_one_of_another_form_are_refused(run_converted) -> None:
    record, network, root = run_converted
    kept = keep.written(record, network, small_data.small_data(), root)
    file = records.network_path(root, kept)
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])
    with pytest.raises(DatasetError, match=r"ONNX Runtime cannot read it .*; expected the network"):
        onnx_network.load(file)
    for entries, said in (
        ({"tem_virus.form": "2"}, "its metadata have form 2; expected 1"),
        ({}, "states neither classes nor pixel size, such as one of another program"),
        ({"tem_virus.form": "1", "tem_virus.task": "[1]"}, "its metadata cannot be read"),
        ({"tem_virus.form": "{"}, "its metadata cannot be read"),
    ):
        model = onnx.load_from_string(content)
        del model.metadata_props[:]
        onnx.helper.set_model_props(model, entries)
        file.write_bytes(model.SerializeToString())
        with pytest.raises(DatasetError, match=said):
            onnx_network.load(file)


def test_the_temperature_of_a_record_is_applied(run_converted) -> None:
    record, network, root = run_converted
    images = small_data.small_data().splits["test"].images
    found = []
    for temperature in (None, 0.5):
        other = dataclasses.replace(record, temperature=temperature)
        kept = keep.written(other, network, small_data.small_data(), root)
        used = onnx_network.load(records.network_path(root, kept))
        found.append(classification.classify(used, images))
    powers = found[0] ** 2
    expected = powers / powers.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(found[1], expected, atol=1e-5)
