"""The names of the classes: as they are written, wherever a program leaves them."""

import pytest
import small_archive
from small_annotations import divided

from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations import class_names, yolo

FILES = {
    "as YAML would not read them": ("data.yaml", "names: [no, yes]", ("no", "yes")),
    "numbers": ("data.yaml", "nc: 2\nnames: [0010, 1e2]", ("0010", "1e2")),
    "quoted keys": ("data.yaml", "names: {'1': exosome, '0': virus}", ("virus", "exosome")),
    "capitals": ("Data.YAML", "names: [virus, exosome]", ("virus", "exosome")),
    "a YAML of another name": ("mine.yml", "nc: 2\nnames: [virus, exosome]", ("virus", "exosome")),
    "Darknet": ("obj.names", "virus\r\nexosome\r\n", ("virus", "exosome")),
    "LabelMe": ("labels.txt", "virus\nexosome", ("virus", "exosome")),
    "a blank line": ("classes.txt", "virus\n \nexosome\n\n", ("virus", "", "exosome")),
    "a byte-order mark": ("classes.txt", "\ufeff virus \nexosome\t", ("virus", "exosome")),
}


@pytest.mark.parametrize("case", FILES)
def test_names_are_read_as_written(tmp_path, case):
    file, text, names = FILES[case]
    small_archive.text(tmp_path / file, text)
    found = class_names.read([tmp_path], [])
    assert (found.names, found.sources) == (names, (tmp_path / file,))


def test_a_given_name_is_the_same_in_any_spelling(tmp_path):
    decomposed = "vir\u0075\u0308s  full"
    small_archive.text(tmp_path / "classes.txt", f"{decomposed}\n")
    assert class_names.read([tmp_path], [decomposed]).names == ("vir\u00fcs full",)


def test_a_blank_line_keeps_its_place_and_is_reported(tmp_path):
    divided(tmp_path, lines="0 .5 .5 .1 .1\n2 .2 .2 .1 .1\n", names="virus\n\nexosome\n")
    found = yolo.read(tmp_path)
    assert found.pictures[0].classes == ("virus", "exosome")
    assert found.classes == ("virus", "exosome")
    assert "class 1 has a blank line for its name" in str(found)
    divided(tmp_path, lines="1 .5 .5 .1 .1\n", names="virus\n\nexosome\n")
    with pytest.raises(
        DatasetError, match=r"class 1, whose name is a blank line, known are 0 to 2"
    ):
        yolo.read(tmp_path)


def test_an_unrelated_yaml_names_nothing(tmp_path):
    small_archive.text(tmp_path / "config.yaml", "names: [a]\nrate: 1\n")
    small_archive.text(tmp_path / "broken.yaml", "[")
    assert class_names.found([tmp_path]) is None


def test_two_files_of_names_are_not_guessed_between(tmp_path):
    for name in ("one.yaml", "two.yaml"):
        small_archive.text(tmp_path / name, "nc: 1\nnames: [a]\n")
    with pytest.raises(DatasetError, match=r"two\.yaml: names classes, and so does one\.yaml"):
        class_names.found([tmp_path])


def test_a_split_without_a_list_has_that_of_the_others(tmp_path):
    divided(tmp_path, names="")
    small_archive.text(tmp_path / "labels/train/classes.txt", "virus\nexosome\n")
    found = yolo.read(tmp_path)
    assert found.pictures[2].classes == found.pictures[0].classes == ("exosome", "virus")
    assert f"no list of classes in {tmp_path}/labels/validation, " in str(found)
    assert f"that of {tmp_path}/labels/train is taken" in str(found)


@pytest.mark.parametrize("text", ["1: virus\n0: exosome\n", "2 a\n0 b\n1 c\n"])
def test_numbered_lines_in_another_order_are_refused(tmp_path, text):
    small_archive.text(tmp_path / "classes.txt", text)
    with pytest.raises(DatasetError, match=r"classes\.txt: lines that begin with numbers \("):
        class_names.found([tmp_path])
    small_archive.text(tmp_path / "classes.txt", "10 nm\n5 nm\n")
    assert class_names.found([tmp_path]).names == ("10 nm", "5 nm")
