"""Boxes from one form to the other and back, and what is not written."""

import re
from pathlib import Path

import numpy as np
import pytest
import small_archive
from PIL import Image
from project_paths import ROOT
from small_annotations import BOXES, HEIGHT, WIDTH, layout, picture

from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations import annotated, coco, write_yolo, yolo
from tem_virus_dataset.annotations.boxes import CUT


def same(one, other):
    assert one.classes == other.classes
    assert not one.counts.get(CUT)
    for first, second in zip(one.pictures, other.pictures, strict=True):
        assert first.path.read_bytes() == second.path.read_bytes()
        assert (first.width, first.height) == (second.width, second.height)
        np.testing.assert_allclose(first.boxes, second.boxes, atol=1e-5)
        assert (first.classes, first.path.name) == (second.classes, second.path.name)


def test_from_one_form_to_the_other_and_back(tmp_path):
    found = yolo.read(layout(tmp_path / "mine", "side by side"))
    coco.write(found, tmp_path / "json/boxes.json")
    read = coco.read(tmp_path / "json/boxes.json")
    same(read, found)
    write_yolo.write(read, tmp_path / "again")
    same(yolo.read(tmp_path / "again"), found)
    names = sorted(
        str(p.relative_to(tmp_path / "again")) for p in (tmp_path / "again").rglob("*.*")
    )
    assert names == ["classes.txt", "data.yaml", "images/a.JPG", "labels/a.txt"]


def test_the_splits_stay(tmp_path):
    found = yolo.read(layout(tmp_path / "mine"))
    write_yolo.write(found, tmp_path / "again")
    again = yolo.read(tmp_path / "again")
    same(again, found)
    assert [p.split for p in again.pictures] == [p.split for p in found.pictures]
    assert (tmp_path / "again/labels/validation/a.txt").read_text() == ""
    said = (tmp_path / "again/data.yaml").read_text()
    assert "train: images/train\nval: images/validation\nnames:\n  0: virus" in said


def made(folder, name="a.png", classes=("virus",)):
    path = picture(folder / name)
    return annotated.Annotated(path, WIDTH, HEIGHT, (BOXES[0],), classes)


def test_nothing_is_written_over(tmp_path):
    found = annotated.Annotations((made(tmp_path),), ("virus",))
    small_archive.text(tmp_path / "out/notes.txt", "mine")
    with pytest.raises(DatasetError, match="out: there already; expected a new folder"):
        write_yolo.write(found, tmp_path / "out")
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["notes.txt"]


@pytest.mark.parametrize(
    "names, classes, found",
    [
        (("1/a.png", "2/A.tif"), ("virus",), "has the name of"),
        (("a.png", "a.png"), ("virus",), "has the name of"),
        (("a.png",), ("exosome",), "boxes of class 'virus'; expected one of exosome"),
        (("a.png",), ("virus", "two\nlines"), "no name of one line"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is(tmp_path, names, classes, found):
    pictures = tuple(made(tmp_path, name) for name in names)
    with pytest.raises(DatasetError, match=found):
        write_yolo.write(annotated.Annotations(pictures, classes), tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("source", ["csv", "roi"])
def test_boxes_are_converted_as_in_the_document(source, tmp_path, monkeypatch):
    """What is written is not divided, so that it can be trained on, and holds the background."""
    document = (ROOT / "docs" / "own-data.md").read_text("utf-8")
    blocks = re.findall(r"```python\n(.*?)```", document, re.DOTALL)
    (code,) = (block for block in blocks if "csv.reader" in block)
    monkeypatch.chdir(tmp_path)
    Path("images").mkdir()
    names = ("a", "ü 1", "empty")
    for name in names:
        Image.new("L", (60, 50)).save(f"images/{name}.png")
    if source == "csv":
        rows = [f"{name}.png,1.5,2,30,40,virus\n" for name in names[:2]]
        Path("annotations.csv").write_text("".join(rows), "utf-8")
    else:
        roifile = pytest.importorskip("roifile")
        (of_rois,) = (block for block in blocks if "roiread" in block)
        code = re.sub(r"for name, .*\n.*\n", lambda _: of_rois, code)
        roi = roifile.ImagejRoi.frompoints([[1.5, 2], [30, 2], [30, 40], [1.5, 40]])
        for name in names[:2]:
            roifile.roiwrite(f"images/{name}.zip", [roi])
    exec(compile(code, "own-data.md", "exec"), {})
    pictures = yolo.read(Path("mine")).pictures
    drawn = [pytest.approx((1.5, 2, 30, 40), abs=1e-3)]
    found = {picture.path.stem: (list(picture.boxes), picture.split) for picture in pictures}
    assert found == {"a": (drawn, ""), "ü 1": (drawn, ""), "empty": ([], "")}
