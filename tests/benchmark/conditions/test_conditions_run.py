"""The command: cells are finished one by one, continued, checked by their hash, and scored."""

import json

import made_conditions
import numpy as np
import pytest
import small_data
import tiny_onnx

from benchmark.conditions import __main__ as command
from benchmark.conditions import networks, overlaps, patches
from benchmark.training.recipe import Recipe
from leaderboard.ground_truth import conditions as ground_truth
from leaderboard.predictions import conditions as predictions
from leaderboard.results import conditions as results
from tem_virus_dataset.conditions import corrupt, levels
from tem_virus_dataset.networks import ready

CELLS = [levels.Cell("clean", 0), levels.Cell("gamma", 3), levels.Cell("inversion", 1)]

pytest.importorskip("onnxruntime", reason="needs onnxruntime, which runs networks")


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder with the data, their table of three cells, and two networks."""
    monkeypatch.setattr(command.levels, "cells", lambda: CELLS)
    small_data.write(tmp_path / "data.npz")
    assert command.main(["table", str(tmp_path / "data.npz"), "--out", str(tmp_path)]) == 0
    tiny_onnx.write(tmp_path / "a.onnx", small_data.CLASSES)
    tiny_onnx.write(tmp_path / "b.onnx", small_data.CLASSES[::-1], novelty=3.0, seed=1)
    return tmp_path


def run(place, *networks, **more):
    options = {
        "data": place / "data.npz", "table": place / "tem_virus" / "phantom_small-1.0.0.csv",
        "runs": place / "runs", "out": place / "out", **more,
    }  # fmt: skip
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    return command.main(["run", *(str(place / name) for name in networks), *words])


def written(place):
    return {
        file.stem: json.loads(file.read_text())
        for file in (place / "out" / "phantom_small").glob("*.json")
    }


def test_networks_are_scored_on_the_images_of_every_cell(place, capsys):
    assert run(place, "a.onnx", "b.onnx") == 0
    assert "tiny-scratch-brief-s0: accuracy 0." in capsys.readouterr().out
    found = written(place)
    assert sorted(found) == ["tiny-scratch-brief-s0", "tiny-scratch-brief-s1"]
    test = small_data.small_data().splits["test"]
    images = corrupt.all_corrupted(test.images, test.ids, CELLS[1])
    network = ready.load(place / "b.onnx")
    expected = [network.classes[n] for n in _one_view(place / "b.onnx", images).argmax(axis=1)]
    labels = [small_data.CLASSES[label] for label in test.labels]
    cell = found["tiny-scratch-brief-s1"]["cells"][1]
    assert (cell["condition"], cell["level"]) == ("gamma", 3)
    assert np.trace(cell["confusion"]) == sum(a == b for a, b in zip(expected, labels, strict=True))
    assert np.sum(cell["confusion"]) == 12
    assert 0 <= cell["refused"] <= 1
    assert found["tiny-scratch-brief-s0"]["cells"][1]["refused"] is None
    assert found["tiny-scratch-brief-s0"]["trained_with"] is None


def _one_view(file, images):
    network = networks.onnx_network.load(file)
    return networks.classifier.of_network(network, tiny_onnx.SIDE, 1)(images)


def test_finished_cells_are_kept_and_damaged_ones_are_made_again(place, monkeypatch):
    assert run(place, "a.onnx") == 0
    before = written(place)
    cells = sorted((place / "runs").rglob("*.npz"))
    assert [file.name for file in cells] == ["clean-0.npz", "gamma-3.npz", "inversion-1.npz"]
    times = [file.stat().st_mtime_ns for file in cells]
    cells[1].write_bytes(cells[1].read_bytes()[:-50])
    asked = []
    true = patches.pictures_of
    monkeypatch.setattr(patches, "pictures_of", lambda *a: asked.append(a[1].name) or true(*a))
    assert run(place, "a.onnx") == 0
    assert asked == ["gamma-3"]
    assert [file.stat().st_mtime_ns == t for file, t in zip(cells, times, strict=True)] == [
        True, False, True,
    ]  # fmt: skip
    after = written(place)
    assert after["tiny-scratch-brief-s0"]["cells"] == before["tiny-scratch-brief-s0"]["cells"]


def test_the_predictions_are_those_of_a_submission(place):
    assert run(place, "a.onnx", predictions=place / "seed0.csv.gz") == 0
    cells = ground_truth.read("phantom_small", place / "tem_virus" / "phantom_small-1.0.0.csv")
    ids = small_data.small_data().splits["test"].ids.tolist()
    values = predictions.read(place / "seed0.csv.gz", cells, ids, small_data.CLASSES)
    scored = written(place)["tiny-scratch-brief-s0"]["cells"]
    labels = small_data.small_data().splits["test"].labels
    for of_cell, expected in zip(values, scored, strict=True):
        assert (of_cell.argmax(axis=1) == labels).sum() == np.trace(expected["confusion"])


def test_other_images_than_those_of_the_table_are_refused(place, capsys):
    table = place / "tem_virus" / "phantom_small-1.0.0.csv"
    cells = ground_truth.read("phantom_small", table)
    wrong = cells[1].pictures[::-1]
    table.write_text(table.read_text().replace(cells[1].pictures, wrong))
    assert run(place, "a.onnx") == 1
    error = capsys.readouterr().err
    assert "gamma-3: its images have the hash" in error
    assert error.strip().count("\n") == 0
    assert not (place / "out").exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [("c.onnx", "knows 3 classes"), ("record.json", "No such file"), ("nobody", "no model")],
)
def test_networks_that_cannot_be_scored_are_refused_before_anything_is_computed(
    place, name, text, capsys
):
    tiny_onnx.write(place / "c.onnx", ("Adenovirus", "Ebola", "Rotavirus"))
    if name == "nobody":
        assert command.main(["run", "nobody", "--data", str(place / "data.npz")]) == 1
    else:
        assert run(place, name) == 1
    assert text.lower() in capsys.readouterr().err.lower()
    assert not (place / "runs").exists()


def test_a_network_of_other_splits_is_refused_by_its_record_and_by_its_file(place, capsys):
    folder = networks.RECORDS / "mirror_11class_sessions"
    for ending in (".json", ".onnx"):
        network = folder / f"contrast_cnn-scratch-steady-s0{ending}"
        assert run(place, network) == 1
        error = capsys.readouterr().err
        assert "was trained on tem_virus/mirror_11class_sessions, whose train split may" in error
        assert error.strip().count("\n") == 0
    assert not (place / "runs").exists()


def test_predictions_are_of_one_network(place, capsys):
    assert run(place, "a.onnx", "b.onnx", predictions=place / "p.csv") == 2
    assert "takes one classifier" in capsys.readouterr().err


def test_what_a_recipe_changes_in_patches_is_named_by_condition():
    plain = Recipe(epochs=1, patience=1, learning_rate=1e-3)
    assert overlaps.trained_with(vars(plain)) == []
    toned = Recipe(
        epochs=1, patience=1, learning_rate=1e-3, gamma=0.5, stain_gradient=0.2, blur=0.5, noise=0.1
    )
    assert overlaps.trained_with(vars(toned)) == ["defocus", "dose", "drift", "gamma", "stain"]
    assert overlaps.trained_with({}) is None
    assert all(c in levels.CONDITIONS for cs in overlaps.RESEMBLES.values() for c in cs)


def test_a_pair_has_met_what_either_of_its_trainings_changed():
    found = networks.named("virus-two-step")
    one, other = (networks.named(name) for name in ("virus-detector", "virus-classifier"))
    of_detector, of_classifier = (overlaps.trained_with(n.settings) for n in (one, other))
    assert "pixel_size_too_large" in of_detector
    assert "stain" in of_classifier
    assert overlaps.trained_with(found.settings) == sorted({*of_detector, *of_classifier})
    assert (found.task, found.recipe, found.initialization) == ("detection", "released", "scratch")
    assert found.note.startswith("the networks of yolov5n_then_contrast_cnn")


def test_the_recipe_of_a_released_network_is_that_of_its_record():
    found = networks.named("virus-classifier")
    assert found.settings["gamma"] == 0.5
    assert (found.model, found.recipe) == ("virus-classifier", "released")
    assert "contrast_cnn-scratch-steady" in found.note


def test_the_shipped_tables_have_the_conditions_of_the_data_set():
    shipped = {
        (cell.condition, cell.level): (cell.amount, cell.unit)
        for cell in ground_truth.read(made_conditions.DATA)
    }
    assert list(shipped) == [(cell.condition, cell.level) for cell in levels.cells()]
    for (name, level), (amount, unit) in shipped.items():
        if level:
            of = levels.condition(name)
            assert (amount, unit) == (f"{of.amount(level):g}" if of.unit else "", of.unit)
    assert results.FOLDER == "hard_conditions"
