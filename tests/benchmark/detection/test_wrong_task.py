"""Data and models of different tasks: which task data are for, and refusals."""

from pathlib import Path

import numpy as np
import pytest
import small_archive
from scene_checks import task_of

from benchmark import run, tasks
from benchmark.detection import user_folder_layout
from benchmark.errors import BenchmarkError
from leaderboard.tasks import CLASSIFICATION, DETECTION
from tem_virus_dataset import facts


@pytest.mark.parametrize("name", ["gone", "a_file"])
def test_what_is_no_folder_is_not_taken_for_patches(tmp_path: Path, name: str) -> None:
    (tmp_path / "a_file").write_text("")
    with pytest.raises(BenchmarkError, match=f"{name}: no such folder; expected PATH"):
        task_of(f"folder:{tmp_path / name}")


def test_what_was_not_exported_is_not_taken_for_patches(tmp_path: Path) -> None:
    np.savez(tmp_path / "best-1.npz", a=np.eye(2))
    with pytest.raises(BenchmarkError, match=r"best-1\.npz"):
        task_of(str(tmp_path / "best-1.npz"))


def test_a_folder_by_class_stays_one(tmp_path: Path) -> None:
    for split in facts.SPLITS:
        for name in ("images", "Orf"):  # a class may be called so
            small_archive.save(tmp_path / split / name / "a.png", np.eye(9, dtype=np.uint8))
    (tmp_path / "labels").mkdir()
    assert not user_folder_layout.is_laid_out_so(tmp_path)
    assert task_of(f"folder:{tmp_path}") == CLASSIFICATION


MISMATCH = r"{}: whole micrographs with a box for each particle, for a detector; expected patches"
OTHER = r"{}: patches, each of one class, for a classifier; expected whole micrographs with a box"


@pytest.mark.parametrize("kind", ["yolo", "coco", "scenes_file"])
def test_a_classifier_reads_no_boxes(kind: str, request: pytest.FixtureRequest) -> None:
    place = request.getfixturevalue(kind)
    data = str(place) if kind == "scenes_file" else f"folder:{place}"
    with pytest.raises(BenchmarkError, match=MISMATCH.format(data)):
        tasks.load(data, wanted=CLASSIFICATION)


def test_a_detector_reads_no_patches(data_file: Path) -> None:
    with pytest.raises(BenchmarkError, match=OTHER.format(data_file)):
        tasks.load(str(data_file), wanted=DETECTION)
    with pytest.raises(BenchmarkError, match=OTHER.format("tem_virus/mirror_11class")):
        tasks.load("tem_virus/mirror_11class", wanted=DETECTION)


@pytest.mark.parametrize("data", ["tem_virus/mirror_11class_boxes", "tem_exosome/phantom"])
def test_a_classifier_is_refused_before_any_run(
    data: str, tmp_path: Path, capsys: pytest.CaptureFixture
) -> None:
    runs = ["--runs", str(tmp_path / "r"), "--data-dir", str(tmp_path / "d")]
    assert run.main(["--models", "plain_cnn", "--data", data, *runs]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: --models plain_cnn --data {data}: plain_cnn is a classifier, ")
    assert "the data are whole micrographs with a box for each particle, for a detector" in error
    assert "such as tem_virus/mirror_11class. Name other data, or a detector." in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
