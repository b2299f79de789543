"""The official test patches: all of them, unchanged, and nothing else."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import small_archive
import small_official
from PIL import Image

from tem_virus_dataset import DatasetError, facts
from tem_virus_dataset.sources import official_test


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    small_official.write(tmp_path)
    small_official.expect(monkeypatch, tmp_path)
    return tmp_path


def test_patches_are_listed_by_id_with_their_micrographs(folder: Path) -> None:
    found = official_test.listed(folder)
    assert [patch.id for patch in found[:3]] == [
        "test/Adenovirus/A-1_02_0", "test/Adenovirus/A-1_02_1", "test/Adenovirus/b3_0",
    ]  # fmt: skip
    assert found[1].micrograph == "test/Adenovirus/A-1_02"
    assert len({patch.micrograph for patch in found}) == 8
    expected = np.asarray(Image.open(folder / "test/Orf/b3_0.png"))
    np.testing.assert_array_equal(official_test.read(folder, found[-1]), expected)


def test_a_missing_picture_is_named(folder: Path) -> None:
    (folder / "test/Ebola/b3_0.png").unlink()
    with pytest.raises(DatasetError, match=r"Ebola/b3_0\.png: missing .1 such: .*; expected the"):
        official_test.listed(folder)


def test_a_foreign_picture_is_named_and_a_hidden_file_is_not(folder: Path) -> None:
    (folder / "test" / ".DS_Store").touch()
    official_test.listed(folder)
    (folder / "test/Orf/mine.png").touch()
    with pytest.raises(DatasetError, match=r"Orf/mine\.png: not in its manifest \(1 such: .*mine"):
        official_test.listed(folder)


def test_a_changed_picture_is_refused(folder: Path) -> None:
    patch = official_test.listed(folder)[0]
    small_archive.save(folder / patch.file, np.zeros((256, 256), np.uint8))
    with pytest.raises(DatasetError, match=r"A-1_02_0\.png: found sha256 .*of the manifest"):
        official_test.read(folder, patch)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("file,class", "name,class", r"manifest\.csv: cannot be read .*'file'"),
        (",Orf,", ",Ebola,", r"manifest\.csv: 6 patches of Ebola; expected 3"),
        (",b3,", ",b4,", r"manifest\.csv: names or checksums of .*other than the known"),
    ],
)
def test_another_manifest_is_refused(folder: Path, old: str, new: str, message: str) -> None:
    path = folder / official_test.MANIFEST
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(DatasetError, match=message):
        official_test.listed(folder)


def test_no_manifest_is_needed(folder: Path) -> None:
    expected = official_test.listed(folder)
    (folder / official_test.MANIFEST).unlink()
    assert official_test.listed(folder) == expected


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda f: (f / "test/Orf/b3_0.png").unlink(), "test: 2 patches of Orf; expected 3"),
        (lambda f: (f / "test/Orf/b3_0.png").write_bytes(b"x"), "test: names or checksums of"),
        (lambda f: (f / "test/Orf/b3.png").touch(), r"Orf/b3\.png: foreign \(1 such"),
        (lambda f: (f / "test/Zika").mkdir() or (f / "test/Zika/a_0.png").touch(),
         r"Zika/a_0\.png: foreign"),
        (lambda f: (f / "test").rename(f / "tests"), "no pictures in .*Name that folder"),
    ],
)  # fmt: skip
def test_without_manifest_other_pictures_are_refused(folder: Path, change, message: str) -> None:
    (folder / official_test.MANIFEST).unlink()
    change(folder)
    with pytest.raises(DatasetError, match=message):
        official_test.listed(folder)


def test_the_real_folder_has_the_official_patches(shared_data: Path) -> None:
    folder = shared_data / "official_test_14class"
    found = official_test.listed(folder)
    expected = {name: row["test"] for name, row in facts.PATCHES_14CLASS.items()}
    assert Counter(patch.class_name for patch in found) == expected
    assert len({patch.micrograph for patch in found}) == 206
    assert official_test.read(folder, found[0]).shape == (256, 256)


def test_the_real_pictures_need_no_manifest(shared_data: Path, tmp_path: Path) -> None:
    folder = shared_data / "official_test_14class"
    (tmp_path / "test").symlink_to(folder / "test")
    assert official_test.listed(tmp_path) == official_test.listed(folder)
