"""A training that goes on from a kept detector: its first detections are those of the file."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import onnx
import pytest
import small_scenes
from numpy.typing import NDArray

from benchmark.detection import evaluate, first_statistics, kept_weights
from benchmark.detection.coverage import coverage
from benchmark.detection.data import Scenes
from benchmark.detection.recipes import RECIPES
from benchmark.detection.task import TASK
from benchmark.errors import BenchmarkError, UsageError
from benchmark.models import registry
from benchmark.models.layers.yolov5_network import anchors_of
from benchmark.network_files.half_precision import stored_in_half
from tem_virus_dataset.networks import onnx_network
from tem_virus_dataset.networks.inference import of_network
from tem_virus_dataset.predict import models as released

DETECTOR = released.find("virus-detector")
RECIPE = RECIPES["finetune"]


@pytest.fixture(scope="module")
def network():
    return kept_weights.detector(DETECTOR, "yolov5n", RECIPE)


def noise(seed: int, height: int = 96, width: int = 160) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(size=(2, height, width, 1)).astype(np.float32)


def outputs(file: Path, images: NDArray[np.float32]) -> NDArray[np.float32]:
    return onnx_network.load(file).predict_on_batch(images)


def test_the_first_detections_are_those_of_the_released_model(network) -> None:
    kept = onnx_network.load(DETECTOR)
    anchors = np.array(kept.metadata.anchors, np.float32)
    scenes = small_scenes.small_scenes().splits["train"]
    detect = of_network(kept, anchors, RECIPE.nms_iou, evaluate.limit(scenes))
    wanted = evaluate.predict_with(detect, float(anchors.max()), 11, scenes, RECIPE)
    found = evaluate.predict(network, scenes, RECIPE)
    assert sum(len(boxes.boxes) for boxes in wanted) > 0
    for ours, theirs in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(ours.labels, theirs.labels)
        np.testing.assert_allclose(ours.confidence, theirs.confidence, atol=1e-4)
        np.testing.assert_allclose(ours.boxes, theirs.boxes, atol=0.05)


def test_adapted_statistics_change_no_detection_and_make_training_begin_there(network) -> None:
    images = noise(1)
    before = network.predict_on_batch(images)
    first_statistics.adapt(network, [images])
    np.testing.assert_allclose(network.predict_on_batch(images), before, atol=1e-3)
    in_training = np.asarray(network(images, training=True))
    np.testing.assert_allclose(in_training, before, atol=1e-2)


def test_weights_stored_in_float16_are_read(tmp_path: Path) -> None:
    file = tmp_path / "half.onnx"
    onnx.save(stored_in_half(onnx.load(DETECTOR)), file)
    found = np.asarray(kept_weights.detector(file, "yolov5n", RECIPE)(noise(2), training=False))
    np.testing.assert_allclose(found, outputs(file, noise(2)), atol=1e-3)


def test_outputs_of_known_classes_are_kept_and_of_new_ones_begin_anew() -> None:
    classes = ("Orf", "new", "Ebola")
    options = registry.Options(contrast_sigma=RECIPE.contrast_sigma)
    own = registry.model("yolov5n").build((None, None, 1), len(classes), options)
    kept_weights.begin(own, DETECTOR, "yolov5n", classes, RECIPE)
    known = list(kept_weights.stated(DETECTOR).classes)
    found, old = np.asarray(own(noise(3), training=False)), outputs(DETECTOR, noise(3))
    np.testing.assert_allclose(found[..., :5], old[..., :5], atol=1e-3)
    for place, name in ((0, "Orf"), (2, "Ebola")):
        column = old[..., 5 + known.index(name)]
        np.testing.assert_allclose(found[..., 5 + place], column, atol=1e-3)
    assert np.ptp(found[..., 6]) < 1e-6
    np.testing.assert_array_equal(
        anchors_of(own).numpy(), np.float32(kept_weights.stated(DETECTOR).anchors)
    )


def test_anchors_are_kept_unless_others_fit_more_boxes() -> None:
    known = np.array(kept_weights.stated(DETECTOR).anchors)
    scenes = small_scenes.small_scenes().splits["train"]
    kept = coverage(scenes, RECIPE, known)
    assert kept.are_kept
    assert "anchors of the detector" in str(kept)
    np.testing.assert_allclose(kept.anchors, known, rtol=1e-6)
    tiny = coverage(scenes, RECIPE, known / 100)
    assert not tiny.are_kept
    assert "fitted anew" in str(tiny)


def other(tmp_path: Path, **entries: object) -> Path:
    """The released detector with other entries in its metadata."""
    model = onnx.load(DETECTOR)
    for entry in model.metadata_props:
        name = entry.key.removeprefix("tem_virus.")
        if name in entries:
            entry.value = json.dumps(entries[name])
    file = tmp_path / "other.onnx"
    onnx.save(model, file)
    return file


def renamed(tmp_path: Path) -> Path:
    """The released detector with weights of names that are not ours."""
    model = onnx.load(DETECTOR)
    names = {t.name: f"w{number}" for number, t in enumerate(model.graph.initializer)}
    for tensor in model.graph.initializer:
        tensor.name = names[tensor.name]
    for node in model.graph.node:
        for place, name in enumerate(node.input):
            node.input[place] = names.get(name, name)
    file = tmp_path / "renamed.onnx"
    onnx.save(model, file)
    return file


def damaged(tmp_path: Path) -> Path:
    file = tmp_path / "damaged.onnx"
    file.write_bytes(DETECTOR.read_bytes()[:100_000])
    return file


FAULTS = {
    "a classifier": (lambda _: released.find("virus-classifier"), "expected a detector"),
    "damaged": (damaged, "cannot read it"),
    "missing": (lambda folder: folder / "no.onnx", "cannot be read"),
    "other scale": (lambda folder: other(folder, nm_per_pixel=1.0), "--set nm_per_pixel=1"),
    "not ours": (renamed, "not laid out as this project writes them"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_files_that_are_no_such_detector_are_refused(fault: str, tmp_path: Path) -> None:
    make, message = FAULTS[fault]
    with pytest.raises(BenchmarkError, match=message):
        TASK.check_weights("yolov5n", make(tmp_path), RECIPE)


def test_settings_that_do_not_fit_the_detector_are_refused() -> None:
    for model, changes, message in (
        ("yolov5s", {}, "of yolov5s"),
        ("yolov5n", {"local_contrast": 0.0}, "has a channel of local contrast"),
        ("yolov5n", {"local_contrast": 40.0}, "differ from its own"),
    ):
        recipe = dataclasses.replace(RECIPE, **changes)
        with pytest.raises(BenchmarkError, match=message):
            TASK.check_weights(model, DETECTOR, recipe)
    exosomes = released.find("exosome-detector")
    with pytest.raises(BenchmarkError, match="Add --set local_contrast=0"):
        TASK.check_weights("yolov5n", exosomes, dataclasses.replace(RECIPE, nm_per_pixel=3.0))
    fitting = dataclasses.replace(RECIPE, nm_per_pixel=3.0, local_contrast=0.0)
    TASK.check_weights("yolov5n", exosomes, fitting)
    with pytest.raises(UsageError, match="--recipe finetune"):
        TASK.check_weights("yolov5n", DETECTOR, RECIPES["steady"])
    with pytest.raises(UsageError, match="--weights virus-detector"):
        TASK.recipe("finetune", registry.SCRATCH, (), "yolov5n")


def test_micrographs_without_a_pixel_size_are_refused(tmp_path: Path) -> None:
    data = small_scenes.small_scenes()
    kept_weights.check_data(DETECTOR, data)
    unscaled = {
        split: [dataclasses.replace(scene, nm_per_pixel=None) for scene in scenes]
        for split, scenes in data.splits.items()
    }
    unknown = Scenes(data.config, data.version, data.classes, data.content_hash, unscaled)
    with pytest.raises(BenchmarkError, match="12 of 12 micrographs have no pixel size"):
        kept_weights.check_data(DETECTOR, unknown)
    pixels = other(tmp_path, nm_per_pixel=None)
    kept_weights.check_data(pixels, unknown)
    with pytest.raises(BenchmarkError, match="trained pixel for pixel"):
        kept_weights.check_data(pixels, data)


def test_a_record_says_what_its_training_began_from() -> None:
    text = TASK.pretraining("yolov5n", registry.TRANSFER, DETECTOR)
    assert text.startswith("detector mirror_11class_boxes/yolov5n-scratch-steady-s0 (virus-det")
    assert "sha256" in text
