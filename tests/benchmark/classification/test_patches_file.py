"""Patches in one file: what was written, and each fault."""

from pathlib import Path

import numpy as np
import pytest
import small_data

from benchmark.classification.read import describe, load
from benchmark.data.address import About
from benchmark.errors import BenchmarkError


def test_an_exported_file_gives_back_the_same_data(data_file: Path) -> None:
    one, two = small_data.small_data(), load(str(data_file))
    assert describe(str(data_file)) == About(one.config, one.version, one.classes)
    assert (one.content_hash, one.classes) == (two.content_hash, two.classes)
    for split, patches in one.splits.items():
        for name, values in vars(patches).items():
            np.testing.assert_array_equal(values, getattr(two.splits[split], name))


def test_an_exported_file_whose_pixels_were_changed_is_refused(data_file: Path, tmp_path) -> None:
    with np.load(data_file) as file:
        arrays = dict(file)
    arrays["test_images"] = arrays["test_images"] // 2
    changed = tmp_path / "changed.npz"
    np.savez(changed, **arrays)
    with pytest.raises(BenchmarkError, match=r"changed\.npz: .*content is not that of hash"):
        load(str(changed))


def test_a_file_that_is_no_export_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.zeros(3))
    file = (tmp_path / "one.npy").rename(tmp_path / "one.npz")
    with pytest.raises(BenchmarkError, match=r"one\.npz: cannot be read"):
        load(str(file))
