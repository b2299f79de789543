"""Images that need much memory are known by their header, whatever their file's size."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from tem_virus_dataset.predict import inputs


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """A TIFF of 32 MB of pixels that has a thousandth of that on disk."""
    image = np.zeros((4096, 4096), np.uint16)
    file = tmp_path / "a.tif"
    nm = {"resolution": (1 / 4, 1 / 4), "metadata": {"unit": "nm"}, "imagej": True}
    tifffile.imwrite(file, image, compression="zlib", **nm)
    return file


def test_pixels_count_not_bytes_on_disk(packed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert packed.stat().st_size < inputs.LARGE / 100
    assert not inputs.is_large(packed, None, None)
    monkeypatch.setattr(inputs, "LARGE", 2**25 - 1)
    assert inputs.is_large(packed, None, None)


def test_the_pixels_at_the_scale_of_the_detector_count_too(packed: Path) -> None:
    assert inputs.is_large(packed, None, 2.0)  # 4 nm, as the file states
    assert not inputs.is_large(packed, 1.0, 2.0)  # what a user gives holds


def test_of_a_packed_file_its_size_must_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.mrc.gz"
    file.write_bytes(bytes(1000))
    assert not inputs.is_large(file, None, None)
    monkeypatch.setattr(inputs, "LARGE", 9999)
    assert inputs.is_large(file, None, None)


def test_what_cannot_be_read_is_left_to_the_reader(tmp_path: Path) -> None:
    (tmp_path / "b.tif").write_bytes(b"II*\0 no more")
    for name in ("b.tif", "not_there.tif", "not_there.tif.gz"):
        assert not inputs.is_large(tmp_path / name, None, 2.0)
