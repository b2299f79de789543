"""Patches in folders of their classes that no folder divides: `splits.csv` does."""

import collections
from pathlib import Path

import numpy as np
import pytest
from own_patches import save

from benchmark import tasks
from benchmark.classification import read, user_folder
from benchmark.errors import BenchmarkError
from leaderboard.tasks import CLASSIFICATION
from tem_virus_dataset import DatasetError
from tem_virus_dataset.files import atomic

RNG = np.random.default_rng(7)


def add(root: Path, *names: str) -> Path:
    """Write a patch of 32 pixels a side for each name."""
    for name in names:
        save(RNG.integers(0, 256, (32, 32), np.uint8), root / f"{name}.png")
    return root


def filled(root: Path, micrographs: int = 5) -> Path:
    """Two classes with two patches of each of some micrographs."""
    names = [f"m{m}/{n}" for m in range(micrographs) for n in range(2)]
    return add(root, *(f"Orf/{name}" for name in names), *(f"CCHF/x_{name}" for name in names))


def splits_of(root: Path) -> dict[str, str]:
    data = user_folder.read(root)
    return {
        name.partition("/")[2]: split
        for split, patches in data.splits.items()
        for name in patches.ids.tolist()
    }


def test_folders_of_classes_are_divided_by_micrograph(tmp_path: Path) -> None:
    root = filled(tmp_path / "mine")
    address = f"folder:{root}"
    assert tasks.of_data(address).name == CLASSIFICATION
    assert not (root / "splits.csv").exists()
    data = tasks.load(address)
    assert data.classes == ("CCHF", "Orf")
    sizes = {split: len(patches.images) for split, patches in data.splits.items()}
    assert sizes == {"train": 12, "validation": 4, "test": 4}
    for name in data.classes:
        held = collections.Counter(
            micrograph
            for patches in data.splits.values()
            for micrograph in set(patches.micrographs.tolist())
            if f"/{name}/" in micrograph
        )
        assert set(held.values()) == {1}, "each micrograph in one split"
    notice = read.notice(address)
    assert "classes CCHF, Orf, divided: 12 train, 4 validation, 4 test, as splits.csv" in notice
    assert "not looked at" not in notice
    assert read.describe(address).version == data.version


def test_patches_that_are_added_stay_with_their_micrograph_and_move_no_other(
    tmp_path: Path,
) -> None:
    root = filled(tmp_path / "mine")
    first = splits_of(root)
    second = splits_of(add(root, "Orf/m0/9", "Orf/m7/0", "CCHF/m0/3", "CCHF/y_1", "CCHF/a_1"))
    assert {name: second[name] for name in first} == first
    assert second["Orf/m0/9"] == second["CCHF/m0/3"] == first["Orf/m0/0"]


def test_a_class_of_two_micrographs_is_refused(tmp_path: Path) -> None:
    root = add(filled(tmp_path / "mine"), "Rota/1", "Rota/2")
    with pytest.raises(
        BenchmarkError, match=r"mine: no image of Rota in test; expected .*three micrographs at l"
    ):
        user_folder.read(root)


def test_a_class_of_one_micrograph_counts_once(tmp_path: Path) -> None:
    root = add(filled(tmp_path / "mine"), "Rota/1", "Noro/1")
    with pytest.raises(BenchmarkError, match=r"no image of Noro in .* and .* and 1 more such clas"):
        user_folder.read(root)


def test_an_empty_class_is_named(tmp_path: Path) -> None:
    root = filled(tmp_path / "mine")
    (root / "Rota").mkdir()
    with pytest.raises(BenchmarkError, match=r"mine/Rota: empty; expected images\. Add some"):
        tasks.load(f"folder:{root}")


def test_one_class_alone_is_refused(tmp_path: Path) -> None:
    root = add(tmp_path / "mine", "Orf/1", "Orf/2", "Orf/3")
    with pytest.raises(BenchmarkError, match=r"found 'Orf' in it; .*image> of two classes or more"):
        tasks.load(f"folder:{root}")


def test_results_of_a_prediction_are_no_class(tmp_path: Path) -> None:
    root = filled(tmp_path / "mine")
    for name in ("done", "particles", "overlays"):
        (root / "predictions" / name).mkdir(parents=True)
    save(RNG.integers(0, 256, (32, 32), np.uint8), root / "predictions/overlays/a.png")
    assert tasks.load(f"folder:{root}").classes == ("CCHF", "Orf")


def test_a_read_only_folder_is_divided_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = filled(tmp_path / "mine")
    wanted = splits_of(root)
    (root / "splits.csv").unlink()

    def fail(path: Path, data: bytes) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(atomic, "write_bytes", fail)
    assert splits_of(root) == wanted
    assert "cannot be written (Permission denied)" in user_folder.notice(root)


def test_folders_of_splits_win(tmp_path: Path) -> None:
    root = tmp_path / "mine"
    for split in ("train", "valid", "test"):
        add(root, f"{split}/Orf/a", f"{split}/CCHF/a")
    (root / "splits.csv").write_text("file,split\n")
    assert "splits.csv is not used: folders divide the images" in user_folder.notice(root)
    sizes = [len(patches.images) for patches in user_folder.read(root).splits.values()]
    assert sizes == [2, 2, 2]


def test_folders_that_are_no_classes_are_not_taken_for_some(tmp_path: Path) -> None:
    for name in ("first", "second"):
        add(tmp_path / name, *(f"{split}/Orf/a" for split in ("train", "validation", "test")))
    with pytest.raises(BenchmarkError, match=r"found 'first', 'second' in it; expected"):
        tasks.of_data(f"folder:{tmp_path}")


@pytest.mark.parametrize("name", ["pixel_sizes.csv", "splits.csv"])
def test_tables_beside_the_classes_are_no_annotations(tmp_path: Path, name: str) -> None:
    root = filled(tmp_path / "mine")
    (root / name).write_text("file,split\n")
    assert tasks.of_data(f"folder:{root}").name == CLASSIFICATION


@pytest.mark.parametrize("name", ["notes.json", "train_log.json"])
def test_an_empty_json_beside_the_classes_is_no_annotation(tmp_path: Path, name: str) -> None:
    root = filled(tmp_path / "mine")
    (root / name).touch()
    assert tasks.of_data(f"folder:{root}").name == CLASSIFICATION


def test_a_link_to_a_missing_patch_is_named(tmp_path: Path) -> None:
    root = filled(tmp_path / "mine")
    (root / "Orf/m0/9.png").symlink_to("gone.png")
    with pytest.raises(DatasetError, match=r"9\.png: a link to gone\.png; expected the file"):
        tasks.of_data(f"folder:{root}")


def test_outlines_among_the_classes_are_told(tmp_path: Path) -> None:
    root = filled(tmp_path / "mine")
    (root / "Orf/m0/a.roi").write_bytes(b"Iout")
    with pytest.raises(BenchmarkError, match=r"are classes of patches, move a\.roi and its like"):
        tasks.of_data(f"folder:{root}")


def test_versions_of_a_patch_that_roboflow_wrote_are_of_one_micrograph(tmp_path: Path) -> None:
    names = [f"{name}_png.rf.{version}" for name in "abcd" for version in "01"]
    root = add(tmp_path / "mine", *(f"{c}/{c}{name}" for c in ("Orf", "CCHF") for name in names))
    splits = splits_of(root)
    assert len({(name.partition(".rf.")[0], split) for name, split in splits.items()}) == 8
    micrographs = user_folder.read(root).splits["train"].micrographs.tolist()
    assert "train/Orf/Orfa_png" in micrographs


@pytest.mark.parametrize("name", ["lists", "folders"])
def test_a_division_that_is_not_followed_is_refused(name: str, tmp_path: Path) -> None:
    root = filled(tmp_path / "mine")
    if name == "lists":
        (root / "train.txt").write_text("Orf/m0/0.png 1\nOrf/m0/1.png 1\n")
    else:
        (root / "Orf").rename(root / "Orf_train")
        (root / "CCHF").rename(root / "Orf_test")
    with pytest.raises(DatasetError, match=r"in a form that is not read; .*Write splits\.csv with"):
        user_folder.read(root)
    assert not (root / "splits.csv").exists()
