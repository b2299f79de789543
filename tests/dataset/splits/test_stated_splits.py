"""A folder whose own division is not followed is refused, not divided anew."""

import json
from pathlib import Path

import pytest
import small_archive

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.splits import stated

NAMES = ("day1/a.png", "day1/b.png", "c.png")
FOLDERS = (("virus_train/a.png", "virus_test/b.png"), ("1_train/a.png", "2_val/b.png"))
STATED = {
    "train.txt": "images/a.jpg\nimages/b.jpg\n",  # the images were converted
    "test.csv": "filename,label\na.png,virus\n",
    "lists/val_list.lst": "labels/a.txt\n",
    "split.csv": "day1/a.png,train\nday1/b.png,test\n",
    "partition.txt": "a 1 train\nb 1 val\n",
    "folds.json": json.dumps({"train": ["a.png", "b.png"], "test": ["c.png"]}),
}
OTHERS = {
    "train.txt": "we train on day 1\nand on day 2\n",
    "labels.csv": "a.png,virus\nb.png,virus\n",
    "pixel_sizes.csv": "file,nm_per_pixel\na.png,1\nb.png,2\n",
    "a.txt": "0 .5 .5 .1 .1\n",
    "notes.json": json.dumps({"train": "all"}),
}


@pytest.mark.parametrize("name", STATED)
def test_a_file_that_states_splits_is_refused_where_it_is_not_read(
    tmp_path: Path, name: str
) -> None:
    small_archive.text(tmp_path / name, STATED[name])
    with pytest.raises(DatasetError, match=rf"{name}: states splits .*Write splits\.csv with"):
        stated.check(tmp_path, [tmp_path / image for image in NAMES])
    small_archive.text(tmp_path / "Splits.csv", "file,split\n")
    stated.check(tmp_path, [tmp_path / image for image in NAMES])


@pytest.mark.parametrize("name", OTHERS)
def test_other_files_do_no_harm(tmp_path: Path, name: str) -> None:
    small_archive.text(tmp_path / name, OTHERS[name])
    stated.check(tmp_path, [tmp_path / image for image in NAMES])


@pytest.mark.parametrize("names", FOLDERS, ids=str)
def test_folders_that_speak_of_splits_are_refused(tmp_path: Path, names: tuple[str, ...]) -> None:
    with pytest.raises(DatasetError, match=r"its name speaks of \w+, and that of .*, in a form"):
        stated.check(tmp_path, [tmp_path / name for name in names])
    stated.check(tmp_path, [tmp_path / names[0], tmp_path / "day 1/b.png"])
