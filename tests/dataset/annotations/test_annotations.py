"""Boxes drawn by users: YOLO folders and COCO JSON, there and back; one error for each fault."""

import json

import numpy as np
import pytest
import small_archive

from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations import annotated, coco, write_yolo, yolo

WIDTH, HEIGHT = 80, 50
LINES = "1 0.5 0.4 0.25 0.2\n\n0 0.05 0.5 0.2 0.4\n"  # the second reaches past the left border
BOXES = ((30, 15, 50, 25), (0, 15, 12, 35))
LAYOUTS = {
    "images and labels, divided": ("images/{}/a.png", "labels/{}/a.txt", ""),
    "divided, images and labels": ("{}/images/a.tif", "{}/labels/a.txt", ""),
    "not divided": ("images/a.jpg", "labels/a.txt", "labels/"),
    "side by side": ("a.JPG", "a.txt", ""),
}


def picture(path, size=(HEIGHT, WIDTH)):
    small_archive.save(path, np.zeros(size, np.uint8))
    return path


def layout(folder, name="images and labels, divided", names="virus\nexosome\n", lines=LINES):
    """One labelled image in train and one without labels in valid, where they are divided."""
    image, labels, beside = LAYOUTS[name]
    for split in ("train", "valid") if "{}" in image else ("",):
        picture(folder / image.format(split))
        (folder / labels.format(split)).parent.mkdir(parents=True, exist_ok=True)
    small_archive.text(folder / labels.format("train"), lines)
    if names:
        small_archive.text(folder / f"{beside}classes.txt", names)
    return folder


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_yolo_folder(tmp_path, name):
    found = yolo.read(layout(tmp_path, name))
    divided = "{}" in LAYOUTS[name][0]
    first = found.pictures[0]
    assert (first.width, first.height, first.split) == (WIDTH, HEIGHT, "train" if divided else "")
    assert first.path == tmp_path / LAYOUTS[name][0].format("train")
    np.testing.assert_allclose(first.boxes, BOXES, atol=1e-9)
    assert first.classes == ("exosome", "virus")
    assert (found.classes, found.cut) == (("virus", "exosome"), 1)
    assert [p.split for p in found.pictures[1:]] == ["validation"] * divided
    assert found.empty == divided
    said = "; 1 images without a box, taken as background" if divided else ""
    assert str(found) == f"{1 + divided} images, 2 boxes{said}; 1 boxes cut off at the border"


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
    assert found.cut == 0
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
    "class by name": ("virus 0.5 0.5 0.1 0.2", "could not convert"),
    "half a class": ("0.5 0.5 0.5 0.1 0.2", "the class is no whole number"),
    "too few": ("0 0.5 0.5 0.1", "4 numbers"),
    "an outline": ("0 0.1 0.1 0.2 0.2 0.3 0.1", "7 numbers"),
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
    assert "expected `class x y width height`" in message
    assert message.endswith("Correct or remove the line.")


def remove(path):
    path.unlink()


FOLDER_FAULTS = {
    "labels without image": (
        lambda d: small_archive.text(d / "labels/train/b.txt", ""),
        "b.txt: labels without an image; expected b with one of .png",
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
    "no names": (lambda d: remove(d / "classes.txt"), "no names of classes; expected one list"),
    "empty names": (lambda d: (d / "classes.txt").write_text("\n"), "no names of classes"),
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


def written(folder, **changes):
    """A COCO file of one image with a box, an outlined one and a crowd, and an empty image."""
    for name in ("a.png", "b.png"):
        picture(folder / "pictures" / name)
    box = {"image_id": 7, "category_id": 3}
    content = {
        "images": [
            {"id": 7, "file_name": "pictures/a.png", "width": WIDTH, "height": HEIGHT},
            {"id": 8, "file_name": "pictures/b.png"},
        ],
        "annotations": [
            {"id": 1, **box, "bbox": [30, 15, 20, 10], "segmentation": [[30, 15, 50, 15, 50, 25]]},
            {"id": 2, **box, "category_id": 2, "bbox": [-4, 15, 16, 20]},
            {"id": 3, **box, "bbox": [1, 1, 5, 5], "iscrowd": 1},
        ],
        "categories": [{"id": 3, "name": "exosome"}, {"id": 2, "name": "virus"}],
        **changes,
    }
    path = folder / "boxes.json"
    path.write_text(json.dumps(content))
    return path


def test_a_coco_file(tmp_path):
    found = coco.read(written(tmp_path), split="test")
    first, second = found.pictures
    assert first.path == tmp_path / "pictures/a.png"
    assert (first.width, first.height, first.split) == (WIDTH, HEIGHT, "test")
    np.testing.assert_allclose(first.boxes, BOXES)
    assert first.classes == ("exosome", "virus")
    assert (second.boxes, second.classes) == ((), ())
    assert found.classes == ("virus", "exosome")
    assert (found.empty, found.cut, found.crowds, found.outlines) == (1, 1, 1, 1)
    assert str(found).endswith("; 1 crowds left out; 1 outlines not taken, their boxes were")


def test_the_pictures_may_lie_elsewhere(tmp_path):
    path = written(tmp_path)
    path = path.rename(tmp_path / "pictures/moved.json")
    assert len(coco.read(path, tmp_path).pictures) == 2


def one(**changes):
    entry = {"id": 1, "image_id": 7, "category_id": 3, "bbox": [30, 15, 20, 10], **changes}
    return {"annotations": [{k: v for k, v in entry.items() if v is not None}]}


IMAGE = {"id": 7, "file_name": "pictures/a.png"}
COCO_FAULTS = {
    "unknown image": (one(image_id=9), "annotation with id 1: of image 9, which is not listed"),
    "unknown category": (one(category_id=9), "with id 1: of category 9, which is not listed"),
    "wholly outside": (one(bbox=[90, 15, 20, 10]), "id 1: outside the image of 80x50 pixels"),
    "of no size": (one(bbox=[30, 15, 0, 10]), "annotation with id 1: of no size"),
    "nan": (one(bbox=[float("nan"), 15, 20, 10]), "annotation with id 1: not finite"),
    "no box": (one(bbox=None), "annotation with id 1: 'bbox' is missing"),
    "half a box": (one(bbox=[30, 15]), "annotation with id 1: not enough values"),
    "no id": (one(id=None, bbox=[30, 15, 0, 10]), "annotation number 1: of no size"),
    "a list as image": (one(image_id=[7]), "annotation with id 1: unhashable"),
    "other size": (
        {"images": [{**IMAGE, "width": 81, "height": HEIGHT}]},
        "image pictures/a.png has 81x50 pixels in it, and 80x50 as ",
    ),
    "image twice": ({"images": [IMAGE, IMAGE]}, "images, entry with id 7: there twice"),
    "file twice": ({"images": [IMAGE, {**IMAGE, "id": 8}]}, "entry with id 8: there twice"),
    "image without name": ({"images": [{"id": 7}]}, "images, entry with id 7: no number `id`, or"),
    "no category": ({"categories": []}, "of category 3, which is not listed"),
    "no list": ({"categories": None}, "no list `categories`"),
    "no image": ({"images": []}, "no image"),
}


@pytest.mark.parametrize("fault", COCO_FAULTS)
def test_a_bad_coco_file_is_named(tmp_path, fault):
    changes, found = COCO_FAULTS[fault]
    path = written(tmp_path, **changes)
    with pytest.raises(DatasetError) as caught:
        coco.read(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert found in message
    assert "expected COCO JSON" in message


@pytest.mark.parametrize("text", ["{", "[]", "\xff", '{"images": 3}'])
def test_what_is_no_coco_file(tmp_path, text):
    (tmp_path / "boxes.json").write_text(text, "latin-1")
    with pytest.raises(DatasetError, match=r"boxes\.json: (cannot be read as JSON|no list)"):
        coco.read(tmp_path / "boxes.json")


def test_a_picture_of_the_list_is_missing(tmp_path):
    path = written(tmp_path)
    (tmp_path / "pictures/b.png").unlink()
    with pytest.raises(DatasetError, match=r"pictures/b\.png: cannot be read as an image"):
        coco.read(path)


def same(one, other):
    assert (one.classes, one.cut) == (other.classes, 0)
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
        (("a.png",), ("exosome",), "boxes of class 'virus'; expected one of exosome"),
        (("a.png",), ("virus", "two\nlines"), "no name of one line"),
    ],
)
def test_what_cannot_be_written_is_refused_before_anything_is(tmp_path, names, classes, found):
    pictures = tuple(made(tmp_path, name) for name in names)
    with pytest.raises(DatasetError, match=found):
        write_yolo.write(annotated.Annotations(pictures, classes), tmp_path / "out")
    assert not (tmp_path / "out").exists()
