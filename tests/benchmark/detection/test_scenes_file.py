"""Micrographs with boxes in one file: what was written, and each fault."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import small_scenes
from scene_checks import DTYPES, check_same, task_of
from small_scenes import CLASSES, COUNTS

from benchmark import tasks
from benchmark.data import npz
from benchmark.data.address import About
from benchmark.detection import npz_file, read
from benchmark.errors import BenchmarkError
from leaderboard.tasks import DETECTION


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_file_gives_back_what_was_written(tmp_path: Path, dtype: type) -> None:
    made = small_scenes.small_scenes(dtype)
    file = str(small_scenes.write(tmp_path / "scenes.npz", dtype))
    assert task_of(file) == DETECTION
    assert tasks.describe(file) == read.describe(file) == About(made.config, "1.0.0", CLASSES)
    found = read.load(file)
    check_same(found, made)
    assert (found.config, found.version) == (made.config, made.version)
    assert found.content_hash == made.content_hash
    assert {one.nm_per_pixel for one in found.splits["test"]} == {small_scenes.NM_PER_PIXEL}
    assert len(found.splits["train"][0].boxes) == 0


def unpickled(file: Path) -> dict[str, np.ndarray]:
    with np.load(file, allow_pickle=False) as arrays:
        return dict(arrays)


def test_a_file_is_compact_and_without_pickle(scenes_file: Path) -> None:
    arrays = unpickled(scenes_file)
    assert all(array.dtype != object for array in arrays.values())
    pixels = sum(len(arrays[f"{split}_pixels"]) for split in COUNTS)
    assert scenes_file.stat().st_size < pixels


def another_box(arrays: dict[str, np.ndarray]) -> None:
    arrays["test_boxes"][0, 0] += 1


def another_label(arrays: dict[str, np.ndarray]) -> None:
    arrays["test_labels"][0] = 1 - arrays["test_labels"][0]


def another_pixel(arrays: dict[str, np.ndarray]) -> None:
    arrays["validation_pixels"][7] ^= 1


def another_pixel_size(arrays: dict[str, np.ndarray]) -> None:
    arrays["train_nm_per_pixel"][0] = np.nan


def boxes_of_another(arrays: dict[str, np.ndarray]) -> None:
    arrays["train_counts"][1:3] += [1, -1]


def another_shape(arrays: dict[str, np.ndarray]) -> None:
    arrays["test_shapes"][0] = arrays["test_shapes"][0, ::-1]


def pixels_missing(arrays: dict[str, np.ndarray]) -> None:
    arrays["test_pixels"] = arrays["test_pixels"][:-5]


def ids_missing(arrays: dict[str, np.ndarray]) -> None:
    del arrays["test_ids"]


@pytest.mark.parametrize(
    "harm, found",
    [
        (another_box, "its content is not that of checksum"),
        (another_label, "its content is not that of checksum"),
        (another_pixel, "its content is not that of checksum"),
        (another_pixel_size, "its content is not that of checksum"),
        (boxes_of_another, "its content is not that of checksum"),
        (another_shape, "its content is not that of checksum"),
        (pixels_missing, "cannot reshape"),
        (ids_missing, "test_ids"),
    ],
)
def test_a_file_that_was_changed_is_refused(
    scenes_file: Path, tmp_path: Path, harm: Callable, found: str
) -> None:
    arrays = unpickled(scenes_file)
    harm(arrays)
    np.savez(tmp_path / "changed.npz", **arrays)
    with pytest.raises(BenchmarkError, match=rf"changed\.npz: cannot be read \(.*{found}.*again"):
        read.load(str(tmp_path / "changed.npz"))


@pytest.mark.parametrize("kind", ["truncated", "empty", "no zip"])
def test_a_broken_file_is_refused(scenes_file: Path, tmp_path: Path, kind: str) -> None:
    file, whole = tmp_path / "broken.npz", scenes_file.read_bytes()
    file.write_bytes({"truncated": whole[:-2000], "empty": b"", "no zip": whole[99:999]}[kind])
    for function in (task_of, tasks.describe, tasks.load, read.describe, read.load):
        with pytest.raises(BenchmarkError, match=r"broken\.npz: cannot be read \(.*Write it again"):
            function(str(file))


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(BenchmarkError, match=r"none\.npz: no such file; expected one that"):
        read.load(str(tmp_path / "none.npz"))


def test_a_classification_file_is_none_of_boxes(data_file: Path, scenes_file: Path) -> None:
    assert not npz.holds(data_file, npz_file.BOXES)
    assert npz.holds(scenes_file, npz_file.BOXES)
    with pytest.raises(BenchmarkError, match="cannot be read"):
        npz_file.read(data_file)
