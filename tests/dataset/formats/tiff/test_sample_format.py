"""TIFF files that do not state whether their numbers are signed, or fractions."""

import numpy as np
import pytest
import tifffile

from tem_virus_dataset.formats import read
from tem_virus_dataset.formats.tiff.sample_format import TAG

OF_NO_ONE = 65000  # a private tag that nothing reads
Y, X = np.mgrid[:60, :80]
WAVES = np.sin(X / 9) + np.cos(Y / 11)  # from -2 to 2


def without_sample_format(path, image):
    """Write a TIFF and rename its tag, so that nothing states the kind of numbers."""
    tifffile.imwrite(path, image, photometric="minisblack")
    with tifffile.TiffFile(path) as file:
        tag = file.pages[0].tags.get(TAG)
    data = bytearray(path.read_bytes())
    if tag is not None:
        data[tag.offset : tag.offset + 2] = OF_NO_ONE.to_bytes(2, "little")
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    "image",
    [
        WAVES.astype(np.float32),
        WAVES.astype(np.float64),
        (WAVES + 3).astype(np.float32),
        (WAVES / 1000).astype(np.float32),
        (WAVES * 300).astype(np.int16),
        (WAVES * 300).astype(np.int32),
        ((WAVES + 3) * 10000).astype(np.uint16),
        ((WAVES + 3) * 1e5).astype(np.uint32),
        np.where(WAVES > 0, 65535, 0).astype(np.uint16),
        np.where(WAVES > 0, 65535, WAVES + 3).astype(np.uint16),
        np.where(X < 5, 0, 60000 + WAVES * 2000).astype(np.uint16),
    ],
    ids=[
        "f4",
        "f8",
        "f4 above 0",
        "small f4",
        "i2",
        "i4",
        "u2",
        "u4",
        "two values",
        "saturated",
        "border",
    ],
)
def test_numbers_of_every_kind_keep_their_order(tmp_path, image):
    found = read.read(without_sample_format(tmp_path / "a.tif", image)).image
    expected = image.astype(np.float64)
    assert np.corrcoef(found.ravel(), expected.ravel())[0, 1] > 0.9999
    assert len(np.unique(found)) > 0.9 * min(len(np.unique(image)), 60000)
