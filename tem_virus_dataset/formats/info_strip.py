"""The info strip that cameras burn into exported images: text and a scale bar on a plain band.

AMT, SIS, FEI, Zeiss, JEOL and Hitachi write such a band below the image, sometimes above it. Images
that were turned, and those of some viewers, have it at a side. It is no part of the micrograph: its
text looks like particles, and its black and white dominate the contrast.

The rule (`info_band`) is careful, since a part of a micrograph must never be taken for a strip. The
band lies at the border and spans the whole width; at a side, the whole height. Its background is
one value, but for JPEG's noise. It begins within two rows, all across the width: dark matter, a
grid bar or a saturated hole never does. It has blank rows and rows of text, that is of many narrow
strokes of high contrast. A band without text, such as padding, is none.
"""

import dataclasses
import math

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.formats import info_band
from tem_virus_dataset.micrographs import percentiles

SIDE_SAMPLE = 64  # rows, evenly placed, that show whether there may be a strip at a side
COLUMNS = 2048  # of these some are looked at, evenly, where an image is wider
SAMPLE = 1024  # rows and columns, evenly placed, that the range of the image is of
# BLANK_ROW and IMAGE_ROW of info_band, where they are of some pixels alone
BLANK_SIDE, SIDE_ROW = 0.9, 0.45


@dataclasses.dataclass(frozen=True)
class InfoStrip:
    """Rows and columns that are no part of the micrograph, at the borders of an image."""

    top: int = 0
    bottom: int = 0
    left: int = 0
    right: int = 0

    def __bool__(self) -> bool:
        """Return whether there is any."""
        return any(dataclasses.astuple(self))

    def __str__(self) -> str:
        """Return them in words, such as "the lowest 84 rows"."""
        parts = (
            (self.top, "highest {} rows"),
            (self.bottom, "lowest {} rows"),
            (self.left, "leftmost {} columns"),
            (self.right, "rightmost {} columns"),
        )
        return " and ".join(f"the {words.format(size)}" for size, words in parts if size)

    def inside(self, shape: tuple[int, ...]) -> tuple[slice, slice]:
        """Return the rows and columns of the micrograph in an image of (height, width)."""
        height, width = shape
        return slice(self.top, height - self.bottom), slice(self.left, width - self.right)


def find(image: NDArray[np.integer]) -> InfoStrip:
    """Find the info strips of an image; most have none.

    Args:
      image: (height, width) uint8 or uint16.
    """
    sample = image[tuple(slice(None, None, max(1, side // SAMPLE)) for side in image.shape)]
    low, high = percentiles.of_counts(sample, (0.05, 99.95))
    if high <= low:
        return InfoStrip()
    top, bottom = _both_ends(image, low, high)
    beside = image[top : len(image) - bottom].T
    if not (_may_be_at_side(beside, low, high) or _may_be_at_side(beside[::-1], low, high)):
        return InfoStrip(top, bottom)
    left, right = _both_ends(beside, low, high)
    if not top and not bottom and (left or right):  # then one may lie below the micrograph alone
        top, bottom = _both_ends(image[:, left : image.shape[1] - right], low, high)
    return InfoStrip(top, bottom, left, right)


def _both_ends(image: NDArray[np.integer], low: float, high: float) -> tuple[int, int]:
    """Return the height of the strip in the first rows, and in the last ones."""
    narrow = image[:, :: max(1, image.shape[1] // COLUMNS)]
    bottom = info_band.height_of(narrow[::-1], low, high)
    return info_band.height_of(narrow[: len(narrow) - bottom], low, high), bottom


def _may_be_at_side(columns: NDArray[np.integer], low: float, high: float) -> bool:
    """Return whether the first columns may be a strip, by some of their pixels.

    Pixels of a column lie far apart in memory: to look at all takes longer than all the rest.

    Args:
      columns: (width, height), the image turned.
    """
    some = columns[:, :: max(1, columns.shape[1] // SIDE_SAMPLE)]
    highest = int(info_band.HIGHEST * len(some))
    if (
        highest < info_band.LOWEST
        or len(some) < info_band.LOWEST + info_band.BESIDE + info_band.RINGING
        or some.shape[1] < info_band.BESIDE
    ):
        return False
    counts = np.ascontiguousarray(some[: highest + info_band.BESIDE + info_band.RINGING])
    probable = info_band.likely(
        some, highest, [share * (high - low) for share in info_band.TOLERANCES]
    )
    least_step = info_band.LEAST_STEP[counts.dtype.itemsize] * (high - low)
    blank = BLANK_SIDE * counts.shape[1]
    return any(
        info_band.within(counts[:highest], background, math.floor(tolerance)).max() >= blank
        and info_band.may_end(
            counts, background, max(1.5 * tolerance, least_step), highest, SIDE_ROW
        )
        for tolerance, background in probable
    )
