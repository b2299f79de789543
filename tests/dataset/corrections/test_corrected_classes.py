"""The classes of predictions laid out for correction: of several models, added, replaced."""

import json
from pathlib import Path

import pytest
from test_corrections import CLASSES, FILES, predicted

from tem_virus_dataset.__main__ import main
from tem_virus_dataset.annotations import yolo
from tem_virus_dataset.errors import DatasetError


def test_micrographs_of_earlier_predictions_keep_their_classes(tmp_path: Path) -> None:
    """A later model may have other classes, or the same in another order."""
    predictions, folder = predicted(tmp_path, FILES), tmp_path / "corrected"
    file = predictions / "done" / "b.tif.json"
    kept = json.loads(file.read_bytes())
    file.write_text(json.dumps(kept | {"classes": ["other", "disc", "unknown"]}))
    assert main(["correct", str(predictions), str(folder)]) == 0
    found = yolo.read(folder)
    assert found.classes == ("disc", "ring", "other", "unknown")
    classes = {picture.path.name: picture.classes for picture in found.pictures}
    assert (classes["a.png"], classes["b.png"]) == (("disc", "disc"), ("disc",))


def test_a_class_that_was_added_to_the_labels(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    predictions, folder = predicted(tmp_path, FILES), tmp_path / "corrected"
    (predictions / "labels" / "b.txt").write_text("2 0.5 0.5 0.25 0.25\n")
    assert main(["correct", str(predictions), str(folder)]) == 1
    said = capsys.readouterr().err
    assert "b.txt: has a box of the class 2; expected 0 to 1, the lines of" in said
    assert not folder.exists()
    (predictions / "labels" / "classes.txt").write_text("disc\nring\nmine\n")
    assert main(["correct", str(predictions), str(folder)]) == 0
    classes = {one.path.name: one.classes for one in yolo.read(folder).pictures}
    assert classes["b.png"] == ("mine",)


def test_a_list_of_classes_of_another_program(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    predictions = predicted(tmp_path, FILES)
    for file in (predictions / "done").rglob("*.json"):
        kept = json.loads(file.read_bytes())
        file.write_text(json.dumps(kept | {"classes": list(CLASSES)}))
    (predictions / "labels" / "classes.txt").write_text("dog\nring\ndisc\n")
    assert main(["correct", str(predictions), str(tmp_path / "corrected")]) == 1
    assert "found dog, ring, disc; expected disc, ring)" in capsys.readouterr().err


def test_a_class_that_is_added_in_one_list_alone_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "corrected"
    assert main(["correct", str(predicted(tmp_path, FILES)), str(folder)]) == 0
    with (folder / "labels" / "train" / "classes.txt").open("a") as file:
        file.write("new\n")
    with pytest.raises(DatasetError, match="expected one list of them"):
        yolo.read(folder)
