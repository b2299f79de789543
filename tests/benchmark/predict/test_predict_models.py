"""Networks of finished runs, ready for use: they predict what the runs did."""

import concurrent.futures
import dataclasses
import threading
import time
from pathlib import Path

import made_detector
import numpy as np
import pytest
import small_data
import small_micrograph
import tifffile
from small_run import record_file

from benchmark.detection import evaluate
from benchmark.models import checkpoint
from benchmark.predict import __main__ as predict
from benchmark.predict import models
from benchmark.runs import trained
from leaderboard.predictions import classification as predictions
from leaderboard.results import store as records
from tem_virus_dataset.micrographs import patch, rescale
from tem_virus_dataset.networks import classifier, inference
from tem_virus_dataset.networks.boxes import corners
from tem_virus_dataset.networks.classifier import Classifier
from tem_virus_dataset.networks.detect import detect
from tem_virus_dataset.networks.detector import Detector


def test_a_run_predicts_in_micrographs_what_it_did_in_patches(small: Path, tmp_path: Path) -> None:
    record = records.read(record_file(small))
    assert record.recipe_settings["tta"] == 8
    assert record.recipe_settings["image_size"] == 32
    test = small_data.small_data().splits["test"]
    file = records.predictions_path(small / "records", record, "test")
    expected = predictions.read(file, list(test.ids), record.classes)
    used = models.load(record_file(small), small / "runs")
    assert isinstance(used, Classifier)
    np.testing.assert_allclose(used.classify(test.images), expected, atol=2e-5)
    # all of them in one micrograph, 8 pixels apart, by the command
    wide = np.zeros((256, 12 * 264), np.uint8)
    for place, image in enumerate(test.images[..., 0]):
        wide[:, place * 264 : place * 264 + 256] = image
    tifffile.imwrite(tmp_path / "wide.tif", wide, photometric="minisblack")
    lines = [f"{place * 264 + 128},128\n" for place in range(12)]
    (tmp_path / "points.csv").write_text("x,y\n" + "".join(lines))
    options = {"--model": record_file(small), "--runs": small / "runs", "--nm-per-pixel": 1}
    options |= {"--points": tmp_path / "points.csv", "--out": tmp_path / "out"}
    more = [str(text) for pair in options.items() for text in pair]
    assert predict.main([str(tmp_path / "wide.tif"), *more]) == 0
    table = (tmp_path / "out" / "particles.csv").read_text().splitlines()[1:]
    for line, likely in zip(table, expected, strict=True):
        _, name, confidence, *_ = line.split(",")
        assert name == record.classes[likely.argmax()]
        assert float(confidence) == pytest.approx(likely.max(), abs=2e-4)


@pytest.mark.parametrize("task", ["classification", "detection"])
def test_one_thread_at_a_time_is_in_a_network(
    task: str, tiny_detector: str, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two micrographs are in the networks at once; on JAX a Keras model takes one call only."""
    import keras

    from benchmark.detection.recipes import RECIPES
    from benchmark.models import registry
    from benchmark.models.layers import yolov5_network

    inside, most = threading.Semaphore(1), []
    predict_on_batch = keras.Model.predict_on_batch

    def alone(model: keras.Model, images: np.ndarray) -> np.ndarray:
        is_alone = inside.acquire(blocking=False)
        most.append(is_alone)
        time.sleep(0.05)
        found = predict_on_batch(model, images)
        if is_alone:
            inside.release()
        return found

    if task == "classification":
        used = models.load(record_file(small), small / "runs")
        images, call = small_data.small_data().splits["test"].images, used.classify
    else:
        settings = dataclasses.asdict(RECIPES["quick"])
        record = made_detector.add(tmp_path / "records", tiny_detector, recipe_settings=settings)
        network = registry.model(tiny_detector).build(
            (None, None, 1), len(record.classes), registry.Options()
        )
        yolov5_network.anchors_of(network).assign(np.full((3, 3, 2), 20, np.float32))
        used = models._detector(record, network, "0")
        images, call = np.zeros((1, 64, 64, 1), np.float32), used.detect_batch
    monkeypatch.setattr(keras.Model, "predict_on_batch", alone)
    with concurrent.futures.ThreadPoolExecutor(2) as threads:
        list(threads.map(call, [images] * 4))
    assert len(most) >= 4
    assert all(most)


def test_patches_are_cropped_as_those_of_the_data_set() -> None:
    image = np.random.default_rng(0).integers(0, 65536, (700, 900), np.uint16)
    points = [(450.0, 350.0), (3.0, 690.0), (899.5, 10.25)]
    found = classifier.patches_around(image, 0.6, points)
    whole = rescale.to_one_nm(image, 0.6)
    assert found.shape == (3, 256, 256, 1)
    for one, (x, y) in zip(found[..., 0], points, strict=True):
        np.testing.assert_array_equal(one, patch.cut(whole, x * 0.6, y * 0.6))
    assert classifier.patches_around(image, 0.6, []).shape == (0, 256, 256, 1)


def test_a_detector_detects_in_files_what_its_run_did_in_scenes(
    tiny_detector: str, tmp_path: Path
) -> None:
    import keras

    from benchmark.detection.data import Scene
    from benchmark.detection.recipes import RECIPES
    from benchmark.models import registry
    from benchmark.models.layers import yolov5_network

    recipe = dataclasses.replace(RECIPES["quick"], image_size=64, nm_per_pixel=1.5)
    settings = dataclasses.asdict(recipe)
    record = made_detector.add(
        tmp_path / "records", tiny_detector, recipe_settings=settings, best_epoch=2
    )
    classes = len(record.classes)
    keras.utils.set_random_seed(0)
    network = registry.model(tiny_detector).build((None, None, 1), classes, registry.Options())
    yolov5_network.anchors_of(network).assign(
        (np.arange(18).reshape(3, 3, 2) + 15).astype(np.float32)
    )
    for layer in network.layers:  # so that confidences are high and differ
        if isinstance(layer, keras.layers.Conv2D) and layer.filters == 3 * (5 + classes):
            layer.kernel.assign(100 * layer.kernel)
    checkpoint.save(
        checkpoint.best(tmp_path / "runs" / record.config / record.run, 2), network.variables
    )
    found = models.load(records.path(tmp_path / "records", record), tmp_path / "runs")
    assert isinstance(found, Detector)
    assert (found.tile_size, found.nm_per_pixel, found.largest_box) == (640, 1.5, 32)
    assert (found.classes, found.confidence) == (tuple(record.classes), record.confidence)
    image = small_micrograph.discs((96, 96), [(30, 40), (70, 60)], 9)
    scene = Scene("test/a", image, np.zeros((0, 4), np.float32), np.zeros(0, np.int64), 1.5)
    (expected,) = evaluate.predict(network, [scene], recipe)
    some = expected.confidence[10:40]
    gap = int(np.diff(some).argmin())  # no confidence is so near to it that rounding matters
    least = float(some[gap : gap + 2].mean())
    detected = detect(image, 1.5, found, least)
    assert len(detected.boxes) > 5
    kept = expected.confidence >= least
    limits = np.array([96, 96, 96, 96])
    np.testing.assert_allclose(
        corners(detected.boxes), corners(expected.boxes[kept]).clip(0, limits), atol=1e-2
    )
    np.testing.assert_allclose(detected.confidence, expected.confidence[kept], rtol=1e-4)


def test_boxes_of_a_network_lie_where_its_cells_are() -> None:
    class Network:
        def predict_on_batch(self, images):
            """Predict class 1 at one anchor of row 1, column 2 of the coarsest map."""
            numbers = np.full((len(images), (64 + 16 + 4) * 4 * 3, 7), -20, np.float32)
            numbers[..., :4] = 0
            numbers[0, (256 + 64 + 1 * 4 + 2) * 3 + 1, [4, 6]] = 20
            return numbers

    anchors = np.arange(18, dtype=np.float32).reshape(3, 3, 2) + 5
    first, second = inference.of_network(Network(), anchors)(np.zeros((2, 128, 128, 1)))
    np.testing.assert_allclose(first.boxes, [[2.5 * 32, 1.5 * 32, 19, 20]], atol=1e-4)
    assert first.labels.tolist() == [1]
    assert first.confidence[0] == pytest.approx(1)
    assert not len(second.boxes)


def test_a_run_on_ones_own_images_has_a_warning(small: Path, tmp_path: Path, capsys) -> None:
    record = records.read(record_file(small))
    own = dataclasses.replace(record, data="folder/mine")
    file = records.write(tmp_path / "records", own)
    target = trained.weights(own, tmp_path / "runs")
    target.parent.mkdir(parents=True)
    target.write_bytes(trained.weights(record, small / "runs").read_bytes())
    tifffile.imwrite(tmp_path / "a.tif", small_micrograph.discs((256, 256), [(99, 99)], 9))
    (tmp_path / "points.csv").write_text("x,y\n99,99\n")
    options = {"--model": file, "--runs": tmp_path / "runs", "--nm-per-pixel": 1}
    options |= {"--points": tmp_path / "points.csv", "--out": tmp_path / "out"}
    more = [str(text) for pair in options.items() for text in pair]
    assert predict.main([str(tmp_path / "a.tif"), *more]) == 0
    assert f"warning: {own.run}: trained on your own images" in capsys.readouterr().err


def test_a_detector_of_ones_own_micrographs_does_not_rescale(
    tiny_detector: str, tmp_path: Path
) -> None:
    from benchmark.detection.recipes import RECIPES
    from benchmark.models import registry

    settings = dataclasses.asdict(RECIPES["quick"])
    root, runs = tmp_path / "records", tmp_path / "runs"
    record = made_detector.add(root, tiny_detector, recipe_settings=settings, best_epoch=2)
    own = dataclasses.replace(record, data="folder/mine")
    network = registry.model(tiny_detector).build((None, None, 1), 11, registry.Options())
    for one in (record, own):
        checkpoint.save(trained.weights(one, runs), network.variables)
    known, unknown = (models.load(records.write(root, one), runs) for one in (record, own))
    assert isinstance(known, Detector)
    assert isinstance(unknown, Detector)
    assert (known.nm_per_pixel, known.warning) == (4.0, "")
    assert unknown.nm_per_pixel is None
    assert "trained on your own micrographs without rescaling" in unknown.warning
