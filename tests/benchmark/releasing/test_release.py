"""Released models follow from their records: the command gives the files that are shipped."""

import shutil
from pathlib import Path

import numpy as np
import onnx
import pytest
from project_paths import ROOT

from benchmark import release
from benchmark.releasing import certainty, kinds
from leaderboard.metrics.curves import Curve
from tem_virus_dataset.networks import onnx_network
from tem_virus_dataset.predict import models

RECORDS = ROOT / "leaderboard" / "records"
SHIPPED = models.FOLDER
MORE = {"virus-classifier": ["--card-only"]}  # its novelty is fitted on images


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the released models, in their place."""
    copy = Path(shutil.copytree(SHIPPED, tmp_path / "released"))
    monkeypatch.setattr(models, "FOLDER", copy)
    monkeypatch.setattr(models.released, "__defaults__", (copy,))
    return copy


@pytest.mark.parametrize("name", models.names())
def test_the_command_gives_what_is_shipped(name: str, folder: Path) -> None:
    (model,) = (one for one in models.released(SHIPPED) if one.name == name)
    record = RECORDS / model.stated.data.partition("/")[2] / f"{model.stated.run}.json"
    (folder / f"{name}.md").write_text("another card")
    assert release.main([str(record), name, *MORE.get(name, [])]) == 0
    assert (folder / f"{name}.md").read_bytes() == (SHIPPED / f"{name}.md").read_bytes()
    written = folder / model.file.name
    if model.networks:
        assert written.read_bytes() == model.file.read_bytes()
        return
    assert onnx_network.load(written).metadata == model.stated  # older files lack some entries
    graphs = [onnx.load(file).graph.SerializeToString() for file in (written, model.file)]
    assert graphs[0] == graphs[1]


def test_a_pair_needs_both_networks_and_a_card_the_network_of_its_record(
    folder: Path, capsys: pytest.CaptureFixture
) -> None:
    stated = next(one.stated for one in models.released(SHIPPED) if one.name == "virus-two-step")
    pair = RECORDS / stated.data.partition("/")[2] / f"{stated.run}.json"
    for file in folder.glob("*.json"):
        file.unlink()
    (folder / "virus-classifier.onnx").unlink()
    assert release.main([str(pair), "virus-two-step"]) == 1
    assert "which is not released" in capsys.readouterr().err
    assert not (folder / "virus-two-step.json").exists()
    shutil.copy(SHIPPED / "virus-classifier.onnx", folder)
    other = RECORDS / "mirror_11class" / "contrast_cnn-scratch-steady-s1.json"
    assert release.main([str(other), "virus-classifier", "--card-only"]) == 1
    assert "Name its record" in capsys.readouterr().err


BOXES, PATCHES = "mirror_11class_boxes/yolov5n", "mirror_11class/contrast_cnn"
THEN = f"{BOXES}_then_contrast_cnn-scratch-steady"


@pytest.mark.parametrize(
    ("record", "arguments", "said"),
    [
        (f"{PATCHES}-scratch-steady-s1", "virus-detector", "is of a classifier, on tem_virus/mir"),
        (f"{BOXES}-scratch-steady-s0", "virus-classifier", "is of a detector, on tem_virus/mirror"),
        (f"{BOXES}-scratch-steady-s0", "virus-two-step", "is of a detector, on tem_virus/mirror_"),
        (f"{BOXES}-scratch-steady-s0", "exosome-detector", "expected a detector, on tem_exosome/"),
        (f"{THEN}_then_steady-s0", "virus-detector", "is of two steps, on tem_virus/mirror_11cla"),
        (f"{THEN}_then_steady-s0", "virus-two-step", "in 1 of the D4 transforms, detector_weight"),
        (
            f"{THEN}+tta=8_then_steady+detector_weight=0.5-s0",
            "virus-two-step-fast",
            "detector_weight 0.5; expected 1, and no weight",
        ),
        ("phantom_14class/plain_cnn-scratch-quick-s0", "virus-classifier", "tem_virus/phantom_14"),
        (
            "mirror_11class/plain_cnn-scratch-steady-s0",
            "virus-classifier",
            "novelty_mirror.json: is of contrast_cnn on",
        ),
        (
            f"{PATCHES}-scratch-steady-s1",
            "virus-classifier --novelty none",
            "novelty_mirror.json: cannot be read",
        ),
        (f"{BOXES}-scratch-steady-s0", "virus-detector --card-only", "--card-only: found it, but"),
        (f"{BOXES}-scratch-steady-s0", "virus-detector --data-dir .", "--data-dir: found it, but"),
        (
            f"{PATCHES}-scratch-steady-s0",
            "virus-classifier --card-only --data a.npz",
            "--card-only reads no images",
        ),
    ],
)
def test_what_a_card_does_not_say_is_not_released_under_its_name(
    record: str, arguments: str, said: str, folder: Path, capsys: pytest.CaptureFixture
) -> None:
    before = {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}
    assert release.main([str(RECORDS / f"{record}.json"), *arguments.split()]) != 0
    assert said in capsys.readouterr().err.splitlines()[0]
    assert before == {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def test_pairs_of_the_network_before_are_named(folder: Path, capsys: pytest.CaptureFixture) -> None:
    record = RECORDS / f"{BOXES}-scratch-steady-s1.json"
    assert release.main([str(record), "virus-detector"]) == 0
    assert "warning: virus-two-step and virus-two-step-fast" in capsys.readouterr().err
    assert not kinds.out_of_date("virus-detector", record.stem)  # it is that of this run now


def test_the_lowest_confidence_from_which_on_nine_in_ten_are_correct() -> None:
    precision = np.array([0.5, 1.0, 0.95, 0.85, 0.9, 0.7])
    curve = Curve(np.linspace(0.9, 0.4, 6), precision, precision, precision)
    assert certainty.lowest(curve, 0.1) == pytest.approx(0.5)
    assert certainty.lowest(curve, 0.55) == pytest.approx(0.7)
    assert certainty.lowest(curve, 0.85) is None
