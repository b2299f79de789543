"""Every model that a window offers predicts, at the threshold that the window shows."""

import dataclasses
import io
import json
import shutil
from pathlib import Path

import pytest

from tem_virus_dataset.app import choices, worker
from tem_virus_dataset.app.choices import Choice
from tem_virus_dataset.app.job import Job
from tem_virus_dataset.micrographs import drawing
from tem_virus_dataset.networks import onnx_network
from tem_virus_dataset.phantoms import viruses
from tem_virus_dataset.predict import models

pytest.importorskip("onnxruntime")
KINDS = ["virus-detector", "virus-classifier"]


def threshold(choice: Choice, folder: Path) -> float:
    """The threshold of a prediction with a model as the window offers it."""
    (folder / "micrographs").mkdir()
    picture = drawing.gray(viruses.micrograph("Adenovirus", 0).image[:256, :256], 1.0)
    picture.convert("L").save(folder / "micrographs" / "a.png")
    job = Job(
        str(folder / "micrographs"), str(folder / "out"), choice.model, choice.detector,
        nm_per_pixel={"a.png": 1.0},
    )  # fmt: skip
    output = io.StringIO()
    worker.predict(job, output)
    events = [json.loads(line) for line in output.getvalue().splitlines()]
    assert [event for event in events if event["kind"] == "error"] == []
    done = json.loads((folder / "out" / "done" / "a.png.json").read_text("utf-8"))
    return float(done["made_of"]["confidence"])


def test_each_released_model_is_offered_the_default_first() -> None:
    names = [choice.model for choice in choices.released()]
    assert names[0] == models.DEFAULT and sorted(names) == models.names()
    assert choices.released() is choices.released()  # a page loads no network again


@pytest.mark.parametrize("place", range(len(models.names())))
def test_released_models_predict(place: int, tmp_path: Path) -> None:
    choice = choices.released()[place]
    assert threshold(choice, tmp_path) == choice.confidence


@pytest.mark.parametrize("name", KINDS)
def test_networks_files_predict(name: str, tmp_path: Path) -> None:
    own = Path(shutil.copy(models.FOLDER / f"{name}.onnx", tmp_path / "mine.onnx"))
    choice = choices.of_file(own)
    assert choice.label.startswith("mine.onnx (11 classes)")
    assert threshold(choice, tmp_path) == choice.confidence


def test_a_classifier_has_the_threshold_of_its_pair() -> None:
    by_name = {choice.model: choice.confidence for choice in choices.released()}
    assert by_name["virus-classifier"] == by_name[models.DEFAULT] != by_name["virus-detector"]


def test_a_classifier_of_ones_own_says_whose_threshold_it_has(tmp_path: Path) -> None:
    released = Path(shutil.copy(models.FOLDER / "virus-classifier.onnx", tmp_path / "same.onnx"))
    assert "chosen for it alone" not in choices.of_file(released).card
    onnx = pytest.importorskip("onnx")
    network = onnx.load(released)
    stated = onnx_network.load(released).metadata
    onnx.helper.set_model_props(network, dataclasses.replace(stated, seed=7).properties())
    own = tmp_path / "own.onnx"
    own.write_bytes(network.SerializeToString())
    assert (
        "virus-detector: its threshold 0.447 was chosen for it alone" in choices.of_file(own).card
    )
