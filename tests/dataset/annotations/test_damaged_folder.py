"""Folders that lost something on their way: links, letters, the ends of files."""

import json
import unicodedata

import pytest
import small_archive
from small_annotations import HEIGHT, WIDTH, divided, picture

from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations import coco, yolo
from tem_virus_dataset.annotations.folders import entries


@pytest.mark.parametrize(
    "name", ["labels/train/a.txt", "images/train/z.png", "classes.txt", "data.yaml"]
)
def test_a_link_to_nothing_is_no_missing_file(tmp_path, name):
    path = divided(tmp_path) / name
    path.unlink(missing_ok=True)
    path.symlink_to("../gone")
    with pytest.raises(DatasetError) as caught:
        yolo.read(tmp_path)
    assert str(caught.value).startswith(f"{path}: a link to ../gone; expected the file")
    assert list(entries.dead_links_below(tmp_path)) == [path]


def test_links_to_other_files_do_no_harm(tmp_path):
    (divided(tmp_path) / "runs").symlink_to("../gone")
    assert len(yolo.read(tmp_path).pictures) == 3


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16-le"])
def test_names_in_other_encodings_are_refused(tmp_path, encoding):
    path = divided(tmp_path) / "classes.txt"
    path.write_bytes("gr\u00fcnes virus\nexosome\n".encode(encoding))
    with pytest.raises(DatasetError) as caught:
        yolo.read(tmp_path)
    assert str(caught.value).startswith(f"{path}: found letters that are not in UTF-8")


def test_a_list_of_images_in_another_encoding_is_refused(tmp_path):
    small_archive.text(divided(tmp_path) / "data.yaml", "train: t.txt\nnames: [virus, exosome]\n")
    (tmp_path / "t.txt").write_bytes("images/train/\u00e4.png".encode("latin-1"))
    with pytest.raises(DatasetError, match=r"t\.txt: found letters that are not in UTF-8"):
        yolo.read(tmp_path)


SHAPE = {"points": [[50, 15], [30, 25]], "shape_type": "rectangle"}


def labelme(folder, *labels, **changes):
    for stem, label in zip("abc", labels, strict=False):
        picture(folder / f"{stem}.png")
        content = {"shapes": [{**SHAPE, "label": label}], **changes}
        small_archive.text(folder / f"{stem}.json", json.dumps(content))
    return folder


def test_a_class_has_one_name_however_its_letters_are_composed(tmp_path):
    name = "vir\u00fcs full"
    decomposed = unicodedata.normalize("NFD", name)
    found = yolo.read(labelme(tmp_path, name, decomposed, " vir\u00fcs\n  full"))
    assert found.classes == (name,)
    assert {c for p in found.pictures for c in p.classes} == {name}


def test_classes_that_differ_in_capitals_are_said(tmp_path):
    found = yolo.read(labelme(tmp_path, "virus", "Virus", "exosome"))
    assert "; classes Virus and virus are kept apart: name them alike if they" in str(found)
    assert "kept apart" not in str(yolo.read(divided(tmp_path / "other")))


def test_a_size_may_be_a_text_and_a_number_is_no_label(tmp_path):
    size = {"imageWidth": str(WIDTH), "imageHeight": str(HEIGHT)}
    assert len(yolo.read(labelme(tmp_path / "text", "virus", **size)).pictures) == 1
    with pytest.raises(DatasetError, match="shape 1: a number as its label, 7, not a text"):
        yolo.read(labelme(tmp_path / "number", 7))
    other = labelme(tmp_path / "size", "virus", imageWidth=2 * WIDTH, imageHeight=HEIGHT)
    with pytest.raises(DatasetError, match=r"160x50 pixels in it.* Put the image that was ann"):
        yolo.read(other)


def test_numbers_too_large_for_a_float_are_faults(tmp_path):
    huge = [[10**400, 1], [2, 3]]
    shapes = [{**SHAPE, "label": "virus", "points": huge}]
    with pytest.raises(DatasetError, match="shape 1: int too large"):
        yolo.read(labelme(tmp_path, "virus", shapes=shapes))
    content = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [10**400, 1, 2, 3]}],
        "categories": [{"id": 1, "name": "virus"}],
    }
    path = tmp_path / "boxes.json"
    path.write_text(json.dumps(content))
    with pytest.raises(DatasetError, match="annotation with id 1: int too large"):
        coco.read(path)


YAMLS = {
    'path: "C:\\data"\nnames: [virus]\n': "(line 1: found unknown escape character 'd': put paths",
    "names:\n\t0: virus\n": "(line 2: found character '\\t' that cannot start any token: indent",
    "": "(nothing in it)",
    "[virus]": "(no `names`)",
}


@pytest.mark.parametrize("text", YAMLS)
def test_a_yaml_that_cannot_be_read_says_where(tmp_path, text):
    path = divided(tmp_path, names="") / "data.yaml"
    path.write_text(text)
    with pytest.raises(DatasetError) as caught:
        yolo.read(tmp_path)
    assert str(caught.value).startswith(f"{path}: cannot be read {YAMLS[text]}")


def test_oriented_boxes_with_a_confidence_are_named(tmp_path):
    lines = "0 .1 .1 .3 .1 .3 .3 .1 .3 0.81\n"
    with pytest.raises(DatasetError, match=r"10 numbers, an outline with a confidence.*save_conf"):
        yolo.read(divided(tmp_path, lines=lines))
