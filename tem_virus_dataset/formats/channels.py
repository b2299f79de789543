"""Gray images that are stored in several channels: one of them is taken."""

import math

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError

TINT = 8 / 255  # share of the range by which the channels of a gray image may differ
BYTES = 255  # the range of 8 bits; of other numbers it is what an image uses, such as 12 of 16 bits
REMEDY = "Save it again as gray TIFF of 8 or 16 bits."
WITH_ALPHA = (2, 4)  # channels, the last of which is the opacity
STRIP = 2**20  # pixels that are compared at a time


def to_gray(pixels: NDArray, file: str) -> NDArray:
    """Return (height, width) of an image (height, width) or (height, width, channels).

    Raises:
      DatasetError: the channels differ, as those of a coloured image, or parts are transparent.
    """
    if pixels.ndim == 2:
        return pixels
    if pixels.shape[-1] in WITH_ALPHA:
        if np.ptp(pixels[..., -1]) > 0:
            raise DatasetError(
                f"{file}: its last channel varies, as where parts are transparent or a second "
                f"detector is recorded; expected one gray image. {REMEDY}"
            )
        pixels = pixels[..., :-1]
    channels = np.moveaxis(pixels, -1, 0)
    if not all(_are_alike(channels[0], other) for other in channels[1:]):
        raise DatasetError(f"{file}: it has colours; expected a gray image. {REMEDY}")
    return channels[0]


def _are_alike(first: NDArray, other: NDArray) -> bool:
    """Say whether two channels are the same but for a tint.

    Three detectors of 12 bits in an image of 16 differ by little of its 65,535 counts: what they
    differ by is compared with the range that they use.
    """
    most = max(
        (_greatest_difference(first[rows], other[rows]) for rows in _strips(first)), default=0
    )
    if not most:
        return True
    if first.dtype == np.uint8:
        return most <= TINT * BYTES
    low = min(float(np.fmin.reduce(channel, axis=None)) for channel in (first, other))
    high = max(float(np.fmax.reduce(channel, axis=None)) for channel in (first, other))
    return math.isfinite(most) and most <= TINT * (high - low)


def _greatest_difference(one: NDArray, other: NDArray) -> float:
    """Return that of two channels; infinite where a pixel is a number in one of them only."""
    with np.errstate(invalid="ignore", over="ignore"):
        difference = np.maximum(one, other) - np.minimum(one, other)
    if one.dtype.kind == "i":  # it exceeds the signed numbers of its size, and fits the unsigned
        difference = difference.view(f"u{one.dtype.itemsize}")
    if one.dtype.kind == "f":
        is_same = (one == other) | (np.isnan(one) & np.isnan(other))
        difference = np.where(is_same, 0, np.where(np.isnan(difference), np.inf, difference))
    return float(difference.max())


def _strips(values: NDArray) -> list[slice]:
    rows = max(1, STRIP // max(1, values.shape[1]))
    return [slice(start, start + rows) for start in range(0, len(values), rows)]
