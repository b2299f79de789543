"""The shipped ground-truth tables."""

import csv
import dataclasses
from pathlib import Path

import numpy as np
import pytest
import small_data

from benchmark.classification.ground_truth import tables
from benchmark.ground_truth import main
from leaderboard.ground_truth import classification as patch_truth
from leaderboard.ground_truth import lookup
from leaderboard.ground_truth.classification import UNKNOWN
from leaderboard.ground_truth.table_files import SPLITS, GroundTruthError
from leaderboard.tasks import TASKS, part
from tem_virus_dataset import builders, facts
from tem_virus_dataset.facts import PATCHES_14CLASS
from tem_virus_dataset.sources import mirror

MIRROR = "tem_virus/mirror_11class"


@pytest.mark.parametrize(
    "data, expected",
    [
        (MIRROR, mirror.EXPECTED),
        ("tem_virus/patches_14class", PATCHES_14CLASS),
    ],
)
@pytest.mark.parametrize("split", SPLITS)
def test_a_shipped_table_counts_what_is_published(
    data: str, expected: facts.Counts, split: str
) -> None:
    table = patch_truth.read(data, split)
    assert table.classes == tuple(expected)
    counts = np.bincount(table.labels, minlength=len(table.classes))
    assert counts.tolist() == [row[split] for row in expected.values()]
    assert all(one.split("/")[0] == split for one in [*table.ids, *table.micrographs])
    assert [one.split("/")[1] for one in table.ids] == [table.classes[n] for n in table.labels]


def test_the_test_patches_with_a_twin_are_those_that_the_audit_counts() -> None:
    names = (MIRROR, "tem_virus/patches_14class", "tem_virus/phantom_14class")
    found = {data: patch_truth.read(data, "test") for data in names}
    assert {data: (int((~table.clean).sum()), len(table)) for data, table in found.items()} == {
        MIRROR: (38, 984),
        "tem_virus/patches_14class": (49, 1900),
        "tem_virus/phantom_14class": (0, 84),
    }
    assert len(set(found["tem_virus/patches_14class"].micrographs)) == 206


@pytest.mark.parametrize("split", SPLITS)
def test_the_table_of_the_benchmark_is_the_official_listing(shared_data: Path, split: str) -> None:
    with (shared_data / "official" / "patches_14class_manifest.csv").open(newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["split"] == split]
    expected = {
        f"{split}/{row['class']}/{row['patch'].removesuffix('.tif')}": row["raw_image"][:-4]
        for row in rows
    }
    table = patch_truth.read("tem_virus/patches_14class", split)
    assert dict(zip(table.ids.tolist(), table.micrographs.tolist(), strict=True)) == expected


def test_a_table_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    tables = [patch_truth.read(MIRROR, split) for split in SPLITS]
    file = patch_truth.write(tmp_path, tables)
    assert file == tmp_path / "tem_virus" / "mirror_11class-1.0.0.csv"
    assert file.read_bytes() == patch_truth.known()[MIRROR, "1.0.0"].read_bytes()


def test_tables_of_other_data_sets_and_of_later_versions_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = dataclasses.replace(patch_truth.read(MIRROR, "test"), data="tem_other/patches_11class")
    for version in ("1.9.0", "1.10.0"):
        patch_truth.write(tmp_path, [dataclasses.replace(one, version=version)])
    monkeypatch.setattr(patch_truth, "FOLDER", tmp_path)
    assert [version for _, version in patch_truth.known()] == ["1.9.0", "1.10.0"]
    found = patch_truth.read("tem_other/patches_11class", "test")
    assert (found.data, found.version) == ("tem_other/patches_11class", "1.10.0")


@pytest.mark.parametrize(
    "name, text, said",
    [
        ("mirror_11class-1.0.0.csv", "", "cannot be read"),
        ("mirror_11class-1.0.0.csv", "id,label\n", "found the columns"),
        ("mirror_11class-1.0.0.csv", "id,label,micrograph,clean\ntest/Orf/1,1,a,1\n", "cannot be"),
        ("mirror_11class-1.0.0.csv", "id,label,micrograph,clean\ntest/Orf/1,x,a,1\n", "cannot be"),
        ("other-1.0.0.csv", "", r"says other, expected mirror_11class-<version>\.csv"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(GroundTruthError, match=said):
        patch_truth.read(MIRROR, "test", tmp_path / name)


# python -m benchmark.ground_truth


def test_a_table_is_made_from_data(tmp_path: Path) -> None:
    data = small_data.small_data()
    names = ("Adenovirus", "LCM", "Orf")  # LCM is one of the paper's eight excluded classes
    splits = {
        split: dataclasses.replace(
            one,
            ids=np.char.replace(one.ids, "/Ebola/", "/LCM/"),
            micrographs=np.array(
                [f"{m}_{split}".replace("/Ebola/", "/LCM/") for m in one.micrographs]
            ),
        )
        for split, one in data.splits.items()
    }
    data = dataclasses.replace(data, classes=names, splits=splits)
    file = patch_truth.write(tmp_path, tables(data))
    found = patch_truth.read("tem_virus/phantom_small", "test", file)
    assert found.classes == ("Adenovirus", "Orf")
    assert found.ids.tolist() == splits["test"].ids.tolist()
    assert found.micrographs.tolist() == splits["test"].micrographs.tolist()
    assert found.labels.tolist() == [0] * 4 + [UNKNOWN] * 4 + [1] * 4
    assert found.clean.all()


@pytest.mark.parametrize("seen_in", ["train", "validation"])
def test_a_twin_in_what_is_learned_from_is_marked(seen_in: str) -> None:
    """One field, photographed twice: Astrovirus B6-080125_12 and B6-080125_5."""
    data = small_data.small_data()
    twins = {seen_in: "B6-080125_12", "test": "B6-080125_5"}
    splits = {
        split: dataclasses.replace(
            one,
            micrographs=np.array([
                f"{split}/Astrovirus/{twins.get(split, 'alone')}" if n == 0 else f"{m}_{split}"
                for n, m in enumerate(one.micrographs)
            ]),
        )
        for split, one in data.splits.items()
    }  # fmt: skip
    validation, test = tables(dataclasses.replace(data, splits=splits))
    assert test.clean.tolist() == [False] + [True] * 11
    assert validation.clean.all()


@pytest.mark.parametrize("data", ["mine.npz", "folder:mine", "tem_virus/unknown"])
def test_a_table_of_no_config_is_refused(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([data, str(tmp_path)]) == 2
    assert data in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_every_config_has_a_shipped_table_or_is_known_to_have_none() -> None:
    """The name of one without a table was taken for another: cbia for mirror_11class."""
    names = {name.rpartition("/")[2] for name in builders.names()}
    tables_of = [part("ground_truth", task) for task in TASKS]
    shipped = {name.partition("/")[2] for module in tables_of for name, _ in module.known()}
    assert names == shipped | set(lookup.WITHOUT_TABLE)
    assert not shipped & set(lookup.WITHOUT_TABLE)
