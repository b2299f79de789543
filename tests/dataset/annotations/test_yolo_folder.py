"""Boxes in a YOLO folder: each layout, and one error for each fault."""

import numpy as np
import pytest
import small_archive
from small_annotations import BOXES, HEIGHT, LAYOUTS, WIDTH, layout, picture

from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations import yolo
from tem_virus_dataset.annotations.boxes import CUT
from tem_virus_dataset.annotations.folders import other_kinds


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_yolo_folder(tmp_path, name):
    found = yolo.read(layout(tmp_path, name))
    divided = "{}" in LAYOUTS[name][0]
    first = found.pictures[0]
    assert (first.width, first.height, first.split) == (WIDTH, HEIGHT, "train" if divided else "")
    assert first.path == tmp_path / LAYOUTS[name][0].format("train")
    np.testing.assert_allclose(first.boxes, BOXES, atol=1e-9)
    assert first.classes == ("exosome", "virus")
    assert (found.classes, found.counts) == (("virus", "exosome"), {CUT: 1})
    assert [p.split for p in found.pictures[1:]] == ["validation"] * divided
    assert found.empty == divided
    background = "1 image without a box, taken as background (validation 1)"
    background += ", 1 of them without a label file; " if divided else ""
    number = f"2 images, 2 boxes; {background}" if divided else "1 image, 2 boxes; "
    assert str(found) == f"{number}1 box cut off at the border"


@pytest.mark.parametrize(
    "names", ["names: [virus, exosome]\nnc: 2\n", "names: {1: exosome, 0: virus}\n"]
)
def test_names_may_be_in_data_yaml(tmp_path, names):
    layout(tmp_path, names="")
    small_archive.text(tmp_path / "data.yaml", names)
    assert yolo.read(tmp_path).classes == ("virus", "exosome")
    assert yolo.read(tmp_path, ["virus", "exosome"]).classes == ("virus", "exosome")


def test_names_may_be_given(tmp_path):
    assert yolo.read(layout(tmp_path, names=""), ["a", "b"]).classes == ("a", "b")


def test_a_box_that_was_only_rounded_is_not_counted_as_cut(tmp_path):
    found = yolo.read(layout(tmp_path, lines="0 0.0500006 0.5 0.1000013 1.0000001\n"))
    assert not found.counts.get(CUT)
    x0, y0, x1, y1 = found.pictures[0].boxes[0]
    assert (x0, y0, y1) == (0, 0, HEIGHT)
    assert x1 == pytest.approx(8, abs=1e-3)


LABELS = "labels/train/a.txt"
LINE_FAULTS = {
    "wholly outside": ("0 1.4 0.5 0.2 0.2", "outside the image of 80x50 pixels"),
    "of no size": ("0 0.5 0.5 0 0.2", "of no size"),
    "negative": ("0 0.5 0.5 0.1 -0.2", "of no size"),
    "nan": ("0 nan 0.5 0.1 0.2", "not finite"),
    "infinite": ("0 0.5 0.5 inf 0.2", "not finite"),
    "unknown class": ("2 0.5 0.5 0.1 0.2", "class 2, known are 0 to 1"),
    "negative class": ("-1 0.5 0.5 0.1 0.2", "class -1, known are 0 to 1"),
    "class by name": ("virus 0.5 0.5 0.1 0.2", "'virus' in place of the number of a class"),
    "DOTA": ("20 10 60 10 60 50 20 50 virus 0", "(DOTA's four corners and a class)"),
    "KITTI": ("virus 0 0 0 20 10 60 50 0 0 0 0 0 0 0", "(KITTI's columns)"),
    "Git LFS": ("version https://git-lfs.github.com/spec/v1", "(a pointer of Git LFS)"),
    "words": ("here is nothing", "('here' is no number)"),
    "half a class": ("0.5 0.5 0.5 0.1 0.2", "the class is no whole number"),
    "too few": ("0 0.5 0.5 0.1", "4 numbers"),
    "keypoints": ("0 0.5 0.5 0.2 0.2 0.3 0.1 2", "8 numbers, a box with keypoints or a track?"),
    "a track": ("0 0.5 0.5 0.2 0.2 0.9 1", "7 numbers, a box with keypoints or a track?"),
    "six numbers": ("0 0.5 0.5 0.2 0.2 1.3", "6 numbers, of which the last is no confidence"),
    "pixels": ("0 40 25 8 10", "no fractions, but pixels or percent?"),
    "a width in pixels": ("0 0.5 0.5 3.0 0.1", "no fractions, but pixels"),
    "decimal commas": ("0 0,5 0,5 0,1 0,2", "decimal commas"),
    "commas": ("0,0.5,0.5,0.1,0.2", "commas between the numbers"),
    "semicolons": ("0;0.5;0.5;0.1;0.2", "semicolons between the numbers"),
    "centre outside": ("0 -0.05 0.5 0.2 0.2", "centre outside the image"),
}


@pytest.mark.parametrize("fault", LINE_FAULTS)
def test_a_bad_line_is_named(tmp_path, fault):
    line, found = LINE_FAULTS[fault]
    layout(tmp_path, lines=f"0 0.5 0.5 0.1 0.2\n{line}\n")
    with pytest.raises(DatasetError) as caught:
        yolo.read(tmp_path)
    message = str(caught.value)
    assert message.startswith(f"{tmp_path}/{LABELS}, line 2: {line!r} (")
    assert found in message
    expected = "a known class" if "known are" in found else "`class x y width height` in fractions"
    assert f"; expected {expected}" in message
    assert "\n" not in message


def remove(path):
    path.unlink()


FOLDER_FAULTS = {
    "labels without image": (
        lambda d: small_archive.text(d / "labels/train/b.txt", ""),
        "b.txt: labels without an image; expected an image b in ",
    ),
    "two images of a name": (
        lambda d: picture(d / "images/train/a.tif"),
        "a.tif: has the name of a.png; expected one image for the labels a.txt",
    ),
    "no image inside": (
        lambda d: (d / "images/train/a.png").write_bytes(b"<html>"),
        "a.png: cannot be read as an image",
    ),
    "no folder of labels": (
        lambda d: (d / "labels/valid").rmdir(),
        "labels/valid: missing; expected the labels of",
    ),
    "no names": (
        lambda d: remove(d / "classes.txt"),
        "classes, and the labels are of class 0, 1; expected one list",
    ),
    "empty names": (lambda d: (d / "classes.txt").write_text("\n"), "that is 2 lines. Write it"),
    "names that differ": (
        lambda d: (d / "data.yaml").write_text("names: [exosome, virus]"),
        "classes exosome, virus in ",
    ),
    "broken yaml": (
        lambda d: (d / "data.yaml").write_text("names: ["),
        "data.yaml: cannot be read",
    ),
    "yaml without names": (lambda d: (d / "data.yaml").write_text("nc: 2"), "expected `names: ["),
    "yaml with a gap": (lambda d: (d / "data.yaml").write_text("names: {1: a}"), "cannot be read"),
}


@pytest.mark.parametrize("fault", FOLDER_FAULTS)
def test_a_bad_folder_is_named(tmp_path, fault):
    damage, found = FOLDER_FAULTS[fault]
    damage(layout(tmp_path))
    with pytest.raises(DatasetError) as caught:
        yolo.read(tmp_path)
    assert str(tmp_path) in str(caught.value)
    assert found in str(caught.value)


def test_no_folder_or_an_empty_one(tmp_path):
    with pytest.raises(DatasetError, match="gone: no folder; expected one with labelled images"):
        yolo.read(tmp_path / "gone")
    with pytest.raises(DatasetError, match="found no image; expected images/ with labels/"):
        yolo.read(tmp_path, ["a"])


def test_labels_beside_images_are_not_passed_over(tmp_path):
    layout(tmp_path)
    beside = tmp_path / "images/train/a.txt"
    small_archive.text(beside, (tmp_path / LABELS).read_text())
    assert yolo.read(tmp_path).pictures[0].boxes  # a copy
    small_archive.text(beside, "taken at 80 kV\n")
    assert yolo.read(tmp_path).pictures[0].boxes  # no labels
    for corrected in ("", "0 0.5 0.5 0.1 0.2\n"):
        small_archive.text(beside, corrected)
        with pytest.raises(DatasetError, match=r"beside the image; expected them in .*labels"):
            yolo.read(tmp_path)


def test_the_suffixes_of_label_files_are_those_that_have_a_reader():
    assert tuple(yolo.READERS) == other_kinds.OF_LABELS
