"""A classifier's file with a second output: what it keeps, what it tells, what is refused."""

import dataclasses
import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
import small_data
from running import only_record

from benchmark.network_files import keep, onnx_file
from benchmark.novelty import network, scores
from benchmark.novelty.choice import Choice
from benchmark.releasing import novelty
from benchmark.runs import trained
from leaderboard.results import store as records
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.networks import d4_transforms, onnx_network, ready
from tem_virus_dataset.networks.classifier import Classifier, standardized

ACCEPTED = 0.95
CHOICE = Choice(
    "tem_virus/phantom_small", "", "plain_cnn", "quick", 0, "", {}, 0.0, {}, {}, {}, "",
    "mahalanobis", ACCEPTED, "",
)  # fmt: skip


@pytest.fixture(scope="module")
def files(small: Path, tmp_path_factory) -> Path:
    """A folder with the small run's network as it is (old.onnx), and with novelty (new.onnx)."""
    folder = tmp_path_factory.mktemp("novelty")
    root = Path(shutil.copytree(small / "records", folder / "records"))
    record = only_record(small)
    built, _ = trained.network(record, small / "runs")
    kept = keep.written(record, built, small_data.small_data(), root)
    assert kept.network is not None and kept.network["dtype"] == "float16"
    shutil.copy(records.network_path(root, kept), folder / "old.onnx")
    model, stated = onnx.load(folder / "old.onnx"), onnx_network.load(folder / "old.onnx").metadata
    found = novelty.added(model, stated, small_data.small_data(), CHOICE)
    (folder / "new.onnx").write_bytes(onnx_file.written(found.model, found.stated))
    return folder


def loaded(file: Path) -> Classifier:
    network = ready.load(file)
    assert isinstance(network, Classifier)
    return network


def test_the_probabilities_stay_as_they_are_bit_by_bit(files: Path) -> None:
    images = small_data.small_data().splits["test"].images
    old, new = loaded(files / "old.onnx"), loaded(files / "new.onnx")
    np.testing.assert_array_equal(old.classify(images), new.classify(images))
    np.testing.assert_array_equal(old.classify(images), new.examine(images).probabilities)
    pictures = standardized(images, 32)
    network = onnx_network.load(files / "new.onnx")
    assert network.output_names == ["probabilities", "novelty"]
    np.testing.assert_array_equal(
        network.predict_on_batch(pictures), network.outputs_on_batch(pictures)[0]
    )


def test_an_older_file_leaves_novelty_open(files: Path) -> None:
    old = loaded(files / "old.onnx")
    assert old.with_novelty is None
    found = old.examine(small_data.small_data().splits["test"].images)
    assert np.isnan(found.novelty).all()
    stated = onnx_network.load(files / "old.onnx").metadata
    assert (stated.novelty_threshold, stated.novelty_score) == (None, None)
    model = onnx.load(files / "old.onnx")  # as files were before there was novelty at all
    entries = [e for e in model.metadata_props if "novelty" in e.key or "certain" in e.key]
    assert entries
    for entry in entries:
        model.metadata_props.remove(entry)
    older = onnx_network.of_bytes(model.SerializeToString(), "older.onnx")
    assert older.metadata == stated


def test_above_one_is_above_the_threshold_of_validation(files: Path) -> None:
    new = loaded(files / "new.onnx")
    validation = new.examine(small_data.small_data().splits["validation"].images)
    stated = onnx_network.load(files / "new.onnx").metadata
    accepted = (validation.novelty <= 1 + 1e-5).mean()
    assert ACCEPTED <= accepted < 1 + 1e-9
    assert stated.novelty_accepted == pytest.approx(accepted)
    assert validation.novelty.max() >= 1 - 1e-5
    assert stated.novelty_score == "mahalanobis"


def test_it_is_the_mean_over_the_transforms_of_the_fitted_score(files: Path) -> None:
    data = small_data.small_data()
    model = onnx.load(files / "old.onnx")
    of = {s: network.of_patches(model, data.splits[s], 32) for s in ("train", "test")}
    score = network.fitted("mahalanobis", model, of["train"])
    stated = onnx_network.load(files / "new.onnx").metadata
    expected = scores.mean_distances(score, of["test"]) / stated.novelty_threshold
    images = data.splits["test"].images
    found = loaded(files / "new.onnx").examine(images).novelty
    np.testing.assert_allclose(found, expected, rtol=1e-3)
    turned = np.ascontiguousarray(d4_transforms.applied(images, 5))
    np.testing.assert_allclose(loaded(files / "new.onnx").examine(turned).novelty, found, rtol=1e-3)


def test_the_number_of_patches_at_once_changes_nothing(files: Path) -> None:
    images = np.concatenate([p.images for p in small_data.small_data().splits.values()])
    assert len(images) > 32  # more than go through the network at once
    new = loaded(files / "new.onnx")
    together = new.examine(images)
    alone = [new.examine(images[[n]]) for n in (0, 31, 32, len(images) - 1)]
    for n, one in zip((0, 31, 32, len(images) - 1), alone, strict=True):
        np.testing.assert_allclose(one.novelty, together.novelty[[n]], rtol=1e-4)
        np.testing.assert_allclose(one.probabilities, together.probabilities[[n]], atol=1e-5)


@pytest.mark.parametrize(
    ("source", "changes", "said"),
    [
        ("new", {"novelty_threshold": None}, "expected the output novelty and its threshold"),
        ("old", {"novelty_threshold": 2.0}, "expected the output novelty and its threshold"),
        ("new", {"novelty_threshold": 0.0}, "expected a number above 0"),
        ("new", {"classes": ["a", "unknown", "c"]}, "has a class named unknown, and measures nov"),
        ("new", {"novelty_threshold": -1.0}, "expected a number above 0"),
        ("new", {"novelty_threshold": float("inf")}, "expected a number above 0"),
        ("new", {"novelty_threshold": "high"}, "its metadata cannot be read"),
    ],
)
def test_a_threshold_that_does_not_fit_is_refused(
    files: Path, tmp_path: Path, source: str, changes: dict, said: str
) -> None:
    model = onnx.load(files / f"{source}.onnx")
    stated = onnx_network.load(files / f"{source}.onnx").metadata
    wrong = dataclasses.replace(stated, **changes)
    (tmp_path / "wrong.onnx").write_bytes(onnx_file.written(model, wrong))
    with pytest.raises(DatasetError, match=said) as caught:
        ready.load(tmp_path / "wrong.onnx")
    assert str(tmp_path / "wrong.onnx") in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_network_without_a_dense_layer_at_its_end_is_refused() -> None:
    node = onnx.helper.make_node("Relu", ["x"], ["y"])
    values = [onnx.helper.make_tensor_value_info(name, 1, (None, 3)) for name in "xy"]
    model = onnx.helper.make_model(onnx.helper.make_graph([node], "g", values[:1], values[1:]))
    with pytest.raises(Exception, match="found Relu where a classifier has Softmax"):
        network.last_layer(model)
