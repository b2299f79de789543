"""`tem-virus corrupt`: arrays with a list of their hashes, continued, never of another seed."""

import csv

import numpy as np
import pytest

from tem_virus_dataset.commands import corrupting
from tem_virus_dataset.commands.cli import main
from tem_virus_dataset.conditions import corrupt, folder, levels
from tem_virus_dataset.conditions.cell_hash import cell_hash
from tem_virus_dataset.errors import DatasetError

IDS = ["test/Orf/0", "test/Orf/1"]
CELLS = [levels.Cell("clean", 0), levels.Cell("gamma", 1), levels.Cell("gamma", 2)]


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(50, 200, (2, 256, 256, 1)).astype(np.uint8)


def listed(path):
    with (path / "cells.csv").open() as lines:
        return list(csv.DictReader(lines))


def test_arrays_are_those_of_the_function_and_the_list_has_their_hashes(images, tmp_path):
    assert folder.write(tmp_path, images, IDS, CELLS) == 0
    rows = listed(tmp_path)
    assert [(r["condition"], r["level"], r["amount"]) for r in rows] == [
        ("clean", "0", ""), ("gamma", "1", "1.4"), ("gamma", "2", "0.7"),
    ]  # fmt: skip
    for row, cell in zip(rows, CELLS, strict=True):
        stored = np.load(tmp_path / row["file"])
        expected = corrupt.all_corrupted(images, IDS, cell)
        np.testing.assert_array_equal(stored, expected)
        assert cell_hash(expected, IDS).startswith(row["pictures"])
    assert (tmp_path / "ids.csv").read_text() == "id\ntest/Orf/0\ntest/Orf/1\n"


def test_it_goes_on_where_it_was_interrupted_and_mends_what_is_damaged(images, tmp_path):
    folder.write(tmp_path, images, IDS, CELLS[:2])
    before = (tmp_path / "gamma-1.npy").stat().st_mtime_ns
    (tmp_path / "clean-0.npy").write_bytes(b"cut off")
    assert folder.write(tmp_path, images, IDS, CELLS) == 1
    assert (tmp_path / "gamma-1.npy").stat().st_mtime_ns == before
    np.testing.assert_array_equal(np.load(tmp_path / "clean-0.npy"), images)
    assert len(listed(tmp_path)) == 3


def test_a_folder_of_another_seed_or_split_is_refused_before_anything_is_written(images, tmp_path):
    folder.write(tmp_path, images, IDS, CELLS[:2])
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(DatasetError, match="lists cells of seed 0"):
        folder.write(tmp_path, images, IDS, CELLS, seed=1)
    with pytest.raises(DatasetError, match="of other images"):
        folder.write(tmp_path, images, ["test/Orf/0", "test/Orf/2"], CELLS)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before
    (tmp_path / "cells.csv").write_text("no list\n")
    with pytest.raises(DatasetError, match="cannot be read"):
        folder.write(tmp_path, images, IDS, CELLS)


def test_two_commands_at_once_list_the_cells_of_both(images, tmp_path, monkeypatch):
    """One for each core, say: the list of the second held its own cells alone."""
    corrupted = corrupt.all_corrupted

    def meanwhile(*arguments):
        monkeypatch.setattr(corrupt, "all_corrupted", corrupted)
        folder.write(tmp_path, images, IDS, CELLS[1:])
        return corrupted(*arguments)

    monkeypatch.setattr(corrupt, "all_corrupted", meanwhile)
    folder.write(tmp_path, images, IDS, CELLS[:1])
    assert [row["file"] for row in listed(tmp_path)] == [
        "clean-0.npy",
        "gamma-1.npy",
        "gamma-2.npy",
    ]
    assert folder.write(tmp_path, images, IDS, CELLS) == 3


@pytest.mark.parametrize("text", ["id\ntest/Orf/9\n", "name,age\nAda,36\n", '"'])
def test_a_table_of_somebody_else_is_not_replaced(text, images, tmp_path):
    (tmp_path / "ids.csv").write_text(text)
    with pytest.raises(DatasetError, match=r"ids\.csv: is there.*Name a new folder"):
        folder.write(tmp_path, images, IDS, CELLS)
    assert [(file.name, file.read_text()) for file in tmp_path.iterdir()] == [("ids.csv", text)]


def test_the_command_writes_the_chosen_conditions(images, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(
        corrupting, "_test_patches", lambda *_: (list(images.astype(np.uint16)), IDS)
    )
    out = ["--out", str(tmp_path / "c"), "--conditions", "inversion", "jpeg"]
    assert main(["corrupt", "mirror_11class", *out]) == 0
    assert "6 cells of 2 images" in capsys.readouterr().out
    assert main(["corrupt", "mirror_11class", *out]) == 0
    assert np.load(tmp_path / "c" / "jpeg-1.npy").dtype == np.uint8
    assert "6 of them were there already" in capsys.readouterr().out
    assert main(["corrupt", "mirror_11class", *out, "--seed", "3"]) == 1
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("config", ["mirror_11class_boxes", "miror_11class", "tem_exosome/cbia"])
def test_a_config_without_patches_is_refused(config, tmp_path, capsys):
    assert main(["corrupt", config, "--out", str(tmp_path / "c")]) == 1
    assert "no config of patches" in capsys.readouterr().err
    assert not (tmp_path / "c").exists()


def test_a_config_that_is_not_prepared_is_refused(tmp_path, capsys):
    more = ["--out", str(tmp_path / "c"), "--data-dir", str(tmp_path)]
    assert main(["corrupt", "mirror_11class", *more]) == 1
    assert "prepare" in capsys.readouterr().err
    assert not (tmp_path / "c").exists()
