"""Lists that say which images are of which split, as programs write them, are followed."""

import unicodedata

import pytest
import small_archive
from small_annotations import STEMS, picture

from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations import yolo
from tem_virus_dataset.annotations.folders import label_files

KEYS = ("train", "val", "test")
EXPECTED = {stem: split for split, stem in STEMS.items()}
VOC = (
    "<annotation><object><name>virus</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>9</xmax>"
    "<ymax>8</ymax></bndbox></object></annotation>"
)


def splits(found):
    return {picture.path.name[0].lower(): picture.split for picture in found.pictures}


def pool(folder, image="images/{}.png", labels="labels/{}.txt", text="0 .5 .5 .1 .1\n"):
    for stem in STEMS.values():
        picture(folder / image.format(stem))
        small_archive.text(folder / labels.format(stem), text)
    if text != VOC:
        small_archive.text(folder / "classes.txt", "virus\n")


def lists(folder, line):
    for key, stem in zip(KEYS, STEMS.values(), strict=True):
        small_archive.text(folder / f"{key}.txt", f"\n{line.format(stem)}\n")


@pytest.mark.parametrize("line", ["images/{}.png", "./images/{}.png", "D:\\x\\images\\{}.png"])
def test_lists_without_data_yaml(tmp_path, line):
    pool(tmp_path)
    lists(tmp_path, line)
    found = yolo.read(tmp_path)
    assert splits(found) == EXPECTED
    assert found.notes == ()


NAMES = {
    "a name": ("{}.txt", "{}.png"),
    "no suffix": ("{}.txt", "{}"),
    "other words": ("my_{}_list.txt", "images/{}.png"),
    "a folder": ("Splits/{}.txt", "{}"),
}


@pytest.mark.parametrize("case", NAMES)
def test_lists_of_other_forms(tmp_path, case):
    name, line = NAMES[case]
    pool(tmp_path)
    for key, stem in zip(KEYS, STEMS.values(), strict=True):
        small_archive.text(tmp_path / name.format(key), f"{line.format(stem)}\r\n")
    assert splits(yolo.read(tmp_path)) == EXPECTED


@pytest.mark.parametrize("line", ["day1/{}.png", "{}.png", "{}", "day1\\{}.png"])
def test_lists_of_images_in_folders_within(tmp_path, line):
    pool(tmp_path, "images/day1/{}.png", "labels/day1/{}.txt")
    lists(tmp_path, line)
    assert splits(yolo.read(tmp_path)) == EXPECTED


def test_a_name_of_two_images_is_none_of_them(tmp_path):
    pool(tmp_path, "images/day1/{}.png", "labels/day1/{}.txt")
    pool(tmp_path, "images/day2/{}.png", "labels/day2/{}.txt")
    lists(tmp_path, "{}.png")
    assert {picture.split for picture in yolo.read(tmp_path).pictures} == {""}


@pytest.mark.parametrize(
    "names",
    [
        ("Entrenamiento", "Validación", "Prueba"),
        ("Training", "Validierung", "Test"),
        ("训练集", "验证集", "测试集"),
    ],
)
def test_splits_in_other_languages(tmp_path, names):
    for name, stem in zip(names, STEMS.values(), strict=True):
        name = unicodedata.normalize("NFD", name)  # as macOS writes it
        picture(tmp_path / "images" / name / f"{stem}.png")
        small_archive.text(tmp_path / "labels" / name / f"{stem}.txt", "0 .5 .5 .1 .1\n")
    small_archive.text(tmp_path / "classes.txt", "virus\n")
    assert splits(yolo.read(tmp_path)) == EXPECTED


def test_labels_of_images_that_are_called_like_splits_are_no_lists(tmp_path):
    for stem in ("0", "test", "train_1"):  # a line begins with 0, too
        picture(tmp_path / f"{stem}.png")
        small_archive.text(tmp_path / f"{stem}.txt", "0 .5 .5 .1 .1\n")
    small_archive.text(tmp_path / "classes.txt", "virus\n")
    found = yolo.read(tmp_path)
    assert [(picture.split, len(picture.boxes)) for picture in found.pictures] == [("", 1)] * 3


def test_lists_among_the_images(tmp_path):
    pool(tmp_path, "{}.png", "{}.txt")
    lists(tmp_path, "{}.png")
    assert splits(yolo.read(tmp_path)) == EXPECTED
    (tmp_path / "test.txt").write_text("c.png\nz.png\n")
    with pytest.raises(DatasetError, match=r"test\.txt: names 'z\.png', which is not there"):
        yolo.read(tmp_path)


def test_an_image_in_two_lists_is_refused(tmp_path):
    pool(tmp_path)
    lists(tmp_path, "images/{}.png")
    (tmp_path / "val.txt").write_text("images/a.png\n")
    with pytest.raises(DatasetError, match=r"a\.png is in (train|val\w*) and in .*one split"):
        yolo.read(tmp_path)


def test_a_text_of_something_else_is_no_list(tmp_path):
    pool(tmp_path)
    small_archive.text(tmp_path / "train.txt", "we train on day 1\n")
    assert set(splits(yolo.read(tmp_path)).values()) == {""}


def test_folders_of_splits_are_followed_before_lists_without_data_yaml(tmp_path):
    for split, stem in STEMS.items():
        picture(tmp_path / "images" / split / f"{stem}.png")
        small_archive.text(tmp_path / f"labels/{split}/{stem}.txt", "0 .5 .5 .1 .1\n")
    small_archive.text(tmp_path / "classes.txt", "virus\n")
    (tmp_path / "train.txt").write_text("images/test/c.png\n")
    found = yolo.read(tmp_path)
    assert splits(found) == EXPECTED
    assert found.notes == ("not looked at: 1 file .txt (train.txt)",)


@pytest.mark.parametrize("place", ["mine/{}.txt", "data/mine/{}.txt", "../data/mine/{}.txt"])
def test_paths_of_data_yaml_may_begin_where_a_program_was_run(tmp_path, place):
    root = tmp_path / "mine"
    pool(root)
    lists(root, "data/mine/images/{}.png")
    text = "".join(f"{key}: {place.format(key)}\n" for key in KEYS)
    small_archive.text(root / "data.yaml", f"{text}names: [virus]\n")
    assert splits(yolo.read(root)) == EXPECTED


VOC_LISTS = {
    "with suffixes": ("JPEGImages/{}.png", "ImageSets/Main", "{}.png"),
    "with a number": ("JPEGImages/{}.png", "ImageSets/Main", "{}  1"),
    "other capitals": ("JPEGImages/{}.PNG", "ImageSets/Main", "{}"),
    "paths": ("JPEGImages/{}.png", "ImageSets/Main", "VOC\\JPEGImages\\{}.png"),
    "no folder Main": ("JPEGImages/{}.png", "ImageSets", "{}"),
    "for segmentation": ("JPEGImages/{}.png", "ImageSets/Segmentation", "{}"),
    "images of another name": ("images/{}.png", "ImageSets/Main", "{}"),
    "blanks in the names": ("JPEGImages/{} 1.png", "ImageSets/Main", "{} 1"),
}


@pytest.mark.parametrize("case", VOC_LISTS)
def test_lists_of_pascal_voc(tmp_path, case):
    image, folder, line = VOC_LISTS[case]
    labels = "Annotations/{} 1.xml" if " 1" in image else "Annotations/{}.xml"
    pool(tmp_path, image, labels, VOC)
    lists(tmp_path / folder, line)
    if case == "other capitals":
        for file in (tmp_path / folder).iterdir():
            file.write_text(file.read_text().upper())
    assert splits(yolo.read(tmp_path)) == EXPECTED


SPELLINGS = {
    "composed letters": ("é{}.png", unicodedata.normalize("NFD", "é{}.txt"), "0 .5 .5 .1 .1\n"),
    "capitals": ("GRID{}.PNG", "grid{}.txt", "0 .5 .5 .1 .1\n"),
    "the whole name, XML": ("{}.png", "{}.png.xml", VOC),
    "the whole name, .TXT": ("{}.png", "{}.png.TXT", "0 .5 .5 .1 .1\n"),
}


@pytest.mark.parametrize("case", SPELLINGS)
def test_labels_beside_images_are_found_however_they_are_spelled(tmp_path, case):
    image, labels, text = SPELLINGS[case]
    pool(tmp_path, image, labels, text)
    assert label_files.has_labels(tmp_path, tmp_path)
    assert all(picture.boxes for picture in yolo.read(tmp_path).pictures)


def test_names_of_classes_in_place_of_numbers_are_told(tmp_path):
    pool(tmp_path)
    small_archive.text(tmp_path / "data.yaml", "names:\n  virus: 0\n")
    with pytest.raises(DatasetError, match="`names` have 'virus' in place of the number of a"):
        yolo.read(tmp_path)
