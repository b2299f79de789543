"""What tests ask of the pictures in a file."""

import bz2
import contextlib
import gzip
import lzma
from pathlib import Path

import numpy as np
import pytest

from tem_virus_dataset import DatasetError
from tem_virus_dataset.formats.pictures import units

RNG = np.random.default_rng(5)
SIXTEEN = RNG.integers(0, 60000, (30, 40), np.uint16)
EIGHT = RNG.integers(0, 256, (30, 40), np.uint8)
ORIENTATIONS = (  # by EXIF's number: how the stored image is turned to be upright
    (1, lambda image: image),
    (2, np.fliplr),
    (3, lambda image: np.rot90(image, 2)),
    (4, np.flipud),
    (5, np.transpose),
    (6, lambda image: np.rot90(image, 3)),
    (7, lambda image: np.rot90(image, 2).T),
    (8, np.rot90),
)
PACKERS = {".gz": gzip.compress, ".bz2": bz2.compress, ".xz": lzma.compress}


def smooth() -> np.ndarray:
    """A uint8 image with edges and little noise, of dark and bright gray levels."""
    y, x = np.mgrid[:30, :40]
    disc = (x - 20) ** 2 + (y - 12) ** 2 < 60
    return (170 + 2 * y - 100 * disc + RNG.integers(0, 4, (30, 40))).astype(np.uint8)


def check(open_pictures, path: Path, pixels, *sides: tuple[float, str], source: str = ""):
    """Open a file with one micrograph; compare its pixels and the sizes that it states.

    Args:
      sides: side and unit of each statement, in their order.
    """
    with open_pictures(path) as pictures:
        micrographs = [p for p in pictures if not (p.is_reduced or p.not_a_micrograph)]
        assert len(micrographs) == 1
        picture = micrographs[0]
        read = picture.pixels()
    assert picture.shape == pixels.shape[:2]
    assert read.dtype == pixels.dtype
    np.testing.assert_array_equal(read, pixels)
    assert len(picture.statements) == len(sides)
    for statement, (side, unit) in zip(picture.statements, sides, strict=True):
        assert (statement.x, statement.y) == pytest.approx((side, side), rel=1e-5)
        assert units.plain(statement.unit) == units.plain(unit)
        assert source in statement.source


def check_no_micrograph(open_pictures, path: Path, *reasons: str):
    """Open a file without a micrograph; compare why each image is none."""
    with open_pictures(path) as pictures:
        found = [picture.not_a_micrograph for picture in pictures]
    assert len(found) == len(reasons)
    for why, words in zip(found, reasons, strict=True):
        assert words in why


def check_refused(open_pictures, path: Path, *words: str):
    """Open a file, and read it, which must fail with one line that has these words."""
    with (
        pytest.raises(DatasetError) as caught,
        contextlib.ExitStack() as stack,
    ):
        for picture in stack.enter_context(open_pictures(path)):
            picture.pixels()
    message = str(caught.value)
    assert "\n" not in message
    assert " at 0x" not in message
    for word in (str(path), *words):
        assert word in message
