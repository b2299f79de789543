"""Faults of the exosomes' archive: one readable error each, and nothing half made."""

import shutil
from pathlib import Path

import numpy as np
import pytest
import small_archive
import small_exosome

from tem_virus_dataset import DatasetError
from tem_virus_dataset.files import download
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.sources import cbia, pixel_size_spreadsheet

PICTURE, MASK, SHEET = (
    "dataset_02/07.tif",
    "annotations_02/seg_07.tif",
    f"dataset_02/{cbia.SPREADSHEET}",
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cbia")
    small_exosome.write(folder)
    return folder


@pytest.fixture
def folder(whole, tmp_path):
    """`code/data` of a replica to damage."""
    shutil.copytree(whole / small_exosome.DATA, tmp_path / "manual" / "data")
    return tmp_path / "manual" / "data"


def refused(folder):
    """Build; return the error's text after a look at what is left."""
    data_dir = folder.parent.parent / "out"
    with pytest.raises(DatasetError) as caught:
        small_exosome.build(folder.parent, data_dir)
    left = [p.name for p in data_dir.glob("tem_exosome/[!.]*/*") if p.name != ".build.lock"]
    assert left == []
    return str(caught.value)


def sized(path, *values):
    """Replace the size in the row of image 7."""
    rows = [(f"{n:02d}", 1.5) for n in range(1, 15) if n != 7]
    small_exosome.write_spreadsheet(path, [*rows, *(("07", value) for value in values)])


FAULTS = {
    "image cut off": (
        PICTURE,
        lambda path: path.write_bytes(path.read_bytes()[:-200]),
        "cannot be decoded, ",
    ),
    "image in colours": (
        PICTURE,
        lambda path: small_archive.save(path, np.arange(48, dtype=np.uint8).reshape(4, 4, 3) * 5),
        "image of mode RGB; expected one channel",
    ),
    "mask cut off": (
        MASK,
        lambda path: path.write_bytes(path.read_bytes()[:-200]),
        "cannot be decoded, ",
    ),
    "mask missing": (MASK, Path.unlink, f"missing; expected it as the mask of {PICTURE}"),
    "mask of another size": (
        MASK,
        lambda path: small_archive.save(path, np.zeros((31, 30), np.uint16)),
        "30x31 pixels; expected ",
    ),
    "mask of fractions": (
        MASK,
        lambda path: small_archive.save(path, np.full((31, 30), 0.5, np.float32)),
        "image of mode F; expected",
    ),
    "spreadsheet missing": (SHEET, Path.unlink, "missing; expected it in dataset_02/ or beside"),
    "spreadsheet damaged": (
        SHEET,
        lambda path: path.write_bytes(path.read_bytes()[:-200]),
        "cannot be read, ",
    ),
    "no spreadsheet": (
        SHEET,
        lambda path: path.write_text("07;1.5"),
        "cannot be read, 6 bytes",
    ),
    "no pixel size": (SHEET, sized, "no pixel sizes of micrograph 07"),
    "pixel size is a word": (SHEET, lambda p: sized(p, "?"), "no pixel sizes of micrograph 07"),
    "two pixel sizes": (SHEET, lambda p: sized(p, 1.5, 2), "2 pixel sizes of micrograph 07"),
    "pixel size of nothing": (SHEET, lambda p: sized(p, 0), "0 nm per pixel for micrograph 07"),
    "pixel size in metres": (SHEET, lambda p: sized(p, 1.5e-9), "1.5e-09 nm per pixel for"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_names_the_file_and_leaves_nothing(folder, fault):
    name, damage, found = FAULTS[fault]
    damage(folder / name)
    message = refused(folder)
    # without a spreadsheet in its set, one beside the sets is looked for
    assert message.startswith(f"{folder}/{name if (folder / name).exists() else ''}")
    assert found in message
    assert "expected" in message
    assert any(word in message for word in ("Put the published", "again", "Restore", "Complete"))


@pytest.mark.parametrize("group, number", [("dataset_01", 20), ("dataset_03", 38)])
def test_a_picture_is_missing(folder, group, number):
    (folder / group / "05.tif").unlink()
    message = refused(folder)
    assert message.startswith(
        f"{folder}/{group}: {number - 1} images (.tif); expected {number}, as published."
    )
    assert download.CBIA["FRU_processing.zip"] in message


def test_a_whole_set_is_missing(folder):
    shutil.rmtree(folder / "dataset_02")
    assert f"{folder}/dataset_02: 0 images (.tif); expected 14" in refused(folder)


def test_another_folder(tmp_path):
    (tmp_path / "manual/data/pictures").mkdir(parents=True)
    (tmp_path / "manual/data/pictures/1.tif").write_text("")
    message = refused(tmp_path / "manual/data")
    assert "found no zip, and no folder dataset_01 in it; expected the archive of CBIA" in message
    assert "--manual-dir" in message


def test_an_absent_folder_is_told_how_to_be_filled(tmp_path):
    with pytest.raises(DatasetError, match=r"does not exist; expected") as caught:
        small_exosome.build(tmp_path / "gone", tmp_path / "out")
    assert "prepare tem_exosome/small_cbia --manual-dir FOLDER" in str(caught.value)


def test_a_truncated_zip(whole, tmp_path):
    path = small_archive.pack(whole, tmp_path / "FRU_processing.zip")
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(DatasetError, match="not a readable zip"):
        small_exosome.build(tmp_path, tmp_path / "out")


def test_a_fault_inside_a_zip_is_named(folder, tmp_path):
    sized(folder / SHEET, -1)
    path = small_archive.pack(folder.parent, tmp_path / "x.zip")
    with pytest.raises(DatasetError) as caught:
        small_exosome.build(path, tmp_path / "out")
    assert str(caught.value).startswith(f"{path} :: data/{SHEET}: -1 nm per pixel")


STEMS = ("01", "02", "10")
SHEETS = {
    "names with a suffix": [("Image", "nm"), ("01.tif", 1.5), ("02.tif", 2), ("10.tif", 0.9)],
    "numbers": [(1, 1.5), (2, 2), (10, 0.9)],
    "numbers with a fraction": [(1.0, 1.5), (2.0, 2), (10.0, 0.9)],
    "numbers in words": [("image 1", 1.5), ("image 2", 2), ("image 10", 0.9)],
    "decimal commas": [("01", "1,5"), ("02", "2,0"), ("10", " 0,9 ")],
    "other columns and rows": [(), ("01", 1.5, 7), (None, None), ("02", 2, 8), ("10", 0.9, "x")],
    "no names": [("sample", "nm/px"), ("a", 1.5), ("b", 2), ("c", 0.9)],
    "said twice": [("01", 1.5), ("02", 2), ("02", 2), ("10", 0.9)],
}


def sizes(path, part=""):
    blob = Blob(path.read_bytes(), str(path))
    return [pixel_size_spreadsheet.nm_per_pixel(blob, stem, STEMS, part) for stem in STEMS]


@pytest.mark.parametrize("kind", SHEETS)
def test_spreadsheets_may_be_written_in_many_ways(tmp_path, kind):
    small_exosome.write_spreadsheet(tmp_path / "a.xlsx", SHEETS[kind])
    assert sizes(tmp_path / "a.xlsx") == [1.5, 2, 0.9]


@pytest.mark.parametrize(
    "rows",
    [
        [("set", 1, 1.5), ("set", 2, 2), ("set", 10, 0.9)],
        [(1.5, 3), (2.5, 1), (0.9, 2)],
        [("a", "01", 1.5), ("b", "02", 2), ("c", "10", 0.9)],
    ],
)
def test_numbers_of_micrographs_are_not_taken_for_sizes(tmp_path, rows):
    small_exosome.write_spreadsheet(tmp_path / "a.xlsx", rows)
    with pytest.raises(DatasetError, match=r"in column 2, a number for each micrograph; expected"):
        sizes(tmp_path / "a.xlsx")


def test_one_spreadsheet_for_all_sets(tmp_path):
    rows = SHEETS["numbers"]
    titles = ("dataset_01", "dataset_02")
    small_exosome.write_spreadsheet(tmp_path / "a.xlsx", [(1, 7)], rows, titles=titles)
    assert sizes(tmp_path / "a.xlsx", "dataset_02") == [1.5, 2, 0.9]
    folders = [("dataset_01/01.tif", 7), *((f"dataset_02/{n:02d}.tif", s) for n, s in rows)]
    small_exosome.write_spreadsheet(tmp_path / "b.xlsx", folders)
    assert sizes(tmp_path / "b.xlsx", "dataset_02") == [1.5, 2, 0.9]


def test_one_spreadsheet_beside_the_sets(folder, tmp_path):
    titles = tuple(cbia.SETS)
    pages = [
        [(f"{n}.tif", round(1 + n / 100, 2)) for n in range(1, cbia.SETS[s] + 1)] for s in titles
    ]
    small_exosome.write_spreadsheet(folder / cbia.SPREADSHEET, *pages, titles=titles)
    for group in titles:
        (folder / group / cbia.SPREADSHEET).unlink()
    built = small_exosome.build(folder.parent, tmp_path / "out")
    for example in built.examples():
        assert example["nm_per_pixel"] == round(1 + int(example["id"].split("/")[2]) / 100, 2)
