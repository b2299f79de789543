"""The models that come with the package: each is the network of a committed record, with a card."""

import hashlib
import json

import pytest
from project_paths import ROOT

from tem_virus_dataset import DatasetError
from tem_virus_dataset.__main__ import main
from tem_virus_dataset.networks.classifier import Classifier
from tem_virus_dataset.networks.detector import Detector
from tem_virus_dataset.predict import models

pytest.importorskip("onnxruntime")
MOST_MEGABYTES = 25
RECORDS = ROOT / "leaderboard" / "records"


def test_each_is_the_network_that_its_record_states() -> None:
    known = {
        record["network"]["sha256"]: record
        for record in map(json.loads, (f.read_text("utf-8") for f in RECORDS.glob("*/*.json")))
        if record.get("network")
    }
    released = models.released()
    assert [model.name for model in released] == [
        "exosome-detector", "virus-classifier", "virus-detector"
    ]  # fmt: skip
    assert sum(model.megabytes for model in released) <= MOST_MEGABYTES
    for model in released:
        record = known[hashlib.sha256(model.file.read_bytes()).hexdigest()]
        assert model.stated.classes == record["classes"]
        assert model.stated.scores["test"] == pytest.approx(record["test"], abs=1e-3)
        assert model.stated.run in model.card
        for value in record["test"].values():
            assert f"{value:.3f}" in model.card


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


def test_a_file_that_is_no_network_is_one_clear_line(tmp_path) -> None:
    file = tmp_path / "mine.onnx"
    file.write_bytes(b"not a network")
    with pytest.raises(DatasetError, match="ONNX Runtime cannot read it"):
        models.load(str(file))


def test_the_command_lists_them_and_shows_a_card(capsys) -> None:
    assert main(["models"]) == 0
    said = capsys.readouterr().out
    assert "virus-detector (default)" in said
    assert "licence of the training data" in said
    assert main(["models", "virus-classifier"]) == 0
    assert "Not for diagnosis" in capsys.readouterr().out
