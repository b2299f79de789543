"""Networks of finished runs, ready for use: they predict what the runs did."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import small_data
import tifffile

from benchmark import checkpoint
from benchmark.errors import BenchmarkError
from benchmark.predict import __main__ as predict
from benchmark.predict import classifier, models
from benchmark.predict.classifier import Classifier
from leaderboard import predictions, records
from leaderboard.records import RecordError
from tem_virus_dataset import patch, rescale


def record_file(folder: Path) -> Path:
    (file,) = (folder / "records").rglob("*.json")
    return file


def test_a_run_predicts_in_micrographs_what_it_did_in_patches(small: Path, tmp_path: Path) -> None:
    record = records.read(record_file(small))
    assert record.recipe_settings["views"] == 8
    assert record.recipe_settings["side"] == 32
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
        _, name, sure, *_ = line.split(",")
        assert name == record.classes[likely.argmax()]
        assert float(sure) == pytest.approx(likely.max(), abs=2e-4)


def test_patches_are_cut_as_those_of_the_data_set() -> None:
    image = np.random.default_rng(0).integers(0, 65536, (700, 900), np.uint16)
    points = [(450.0, 350.0), (3.0, 690.0), (899.5, 10.25)]
    found = classifier.cut(image, 0.6, points)
    whole = rescale.to_one_nm(image, 0.6)
    assert found.shape == (3, 256, 256, 1)
    for one, (x, y) in zip(found[..., 0], points, strict=True):
        np.testing.assert_array_equal(one, patch.cut(whole, x * 0.6, y * 0.6))
    assert classifier.cut(image, 0.6, []).shape == (0, 256, 256, 1)


def test_a_detector_is_built_with_its_weights_and_anchors(small: Path, tmp_path: Path) -> None:
    """Only the positions of one cell are sure of anything: there the anchors are found."""
    import keras

    from benchmark import registry
    from benchmark.detection.recipes import RECIPES
    from benchmark.predict.detector import Detector

    recipe = dataclasses.replace(RECIPES["quick"], side=64, nm=1.5)
    settings = dataclasses.asdict(recipe)
    record = dataclasses.replace(
        records.read(record_file(small)), model="yolov5n", recipe_settings=settings
    )
    file = records.write(tmp_path / "records", record)
    keras.utils.set_random_seed(0)
    network = registry.model("yolov5n").build((None, None, 1), 3, registry.Options())
    sizes = (np.arange(18).reshape(3, 3, 2) + 5).tolist()
    best = checkpoint.best(tmp_path / "runs" / record.config / record.run, 2)
    checkpoint.save(best, network.variables)
    with pytest.raises(BenchmarkError, match="holds no anchors"):
        models.load(file, tmp_path / "runs")
    checkpoint.save(best, network.variables, {"anchors": sizes})
    found = models.load(file, tmp_path / "runs")
    assert isinstance(found, Detector)
    assert (found.side, found.nm_per_pixel, found.largest) == (64, 1.5, 22)
    assert found.classes == tuple(small_data.CLASSES)
    picture = np.random.default_rng(0).normal(size=(2, 64, 64, 1)).astype(np.float32)
    numbers = network.predict_on_batch(picture)
    for one, logits in zip(found.find(picture), numbers, strict=True):
        chances = 1 / (1 + np.exp(-logits[:, 4:]))
        assert one.confidence[0] == pytest.approx((chances[:, 1:] * chances[:, :1]).max(), rel=1e-4)


def test_boxes_of_a_network_lie_where_its_cells_are() -> None:
    class Network:
        def predict_on_batch(self, pictures):
            """One anchor of the cell in row 1, column 2 of the coarsest map is sure of class 1."""
            numbers = np.full((len(pictures), (64 + 16 + 4) * 4 * 3, 7), -20, np.float32)
            numbers[..., :4] = 0
            numbers[0, (256 + 64 + 1 * 4 + 2) * 3 + 1, [4, 6]] = 20
            return numbers

    anchors = np.arange(18, dtype=np.float32).reshape(3, 3, 2) + 5
    first, second = models.of_network(Network(), anchors, 128)(np.zeros((2, 128, 128, 1)))
    np.testing.assert_allclose(first.boxes, [[2.5 * 32, 1.5 * 32, 19, 20]], atol=1e-4)
    assert first.labels.tolist() == [1]
    assert first.confidence[0] == pytest.approx(1)
    assert not len(second.boxes)


def test_records_that_cannot_be_used(small: Path, tmp_path: Path) -> None:
    file = record_file(small)
    with pytest.raises(BenchmarkError, match=r"the weights of this run, .*best-2\.npz, are not he"):
        models.load(file, tmp_path)
    with pytest.raises(RecordError, match="cannot be read"):
        models.load(tmp_path / "gone.json", small / "runs")
    record = records.read(file)
    for changes, said in (
        ({"model": "gone"}, "model 'gone': unknown"),
        ({"model": "d4_cnn"}, "expected the checkpoint of this model"),
        ({"recipe_settings": {"side": 7}}, "recipe: "),
        ({"status": "failed", "error": "it broke"}, "are not here"),
    ):
        other = dataclasses.replace(record, **changes)
        made = records.write(tmp_path / str(len(said)), other)
        target = checkpoint.best(tmp_path / "runs" / other.config / other.run, 2)
        target.parent.mkdir(parents=True, exist_ok=True)
        source = checkpoint.best(small / "runs" / record.config / record.run, 2)
        target.write_bytes(source.read_bytes())
        with pytest.raises(BenchmarkError, match=said):
            models.load(made, tmp_path / "runs")
