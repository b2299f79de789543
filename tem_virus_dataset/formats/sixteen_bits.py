"""Conversion of pixel values of any kind to counts of 8 or 16 bits."""

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError

MOST = np.iinfo(np.uint16).max


def to_16_bits(values: NDArray, file: str) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return an image as uint8 or uint16. Models standardize images, so the scale is free.

    Whole numbers keep their values, shifted up if some are negative. Where they do not fit into 16
    bits, and for fractions, the range from smallest to largest is stretched over 16 bits.

    Args:
      values: (height, width), real numbers of any kind; file: for messages.

    Raises:
      DatasetError: the values are complex, not finite, not of two dimensions, or constant.
    """
    if values.ndim != 2 or values.dtype.kind not in "buif":
        raise DatasetError(
            f"{file}: found numbers of type {values.dtype} in {values.ndim} dimensions; expected "
            "one gray image. Save the one image as TIFF."
        )
    if not np.isfinite(values).all():
        raise DatasetError(
            f"{file}: found pixels that are no number; expected finite ones. Save the image "
            "again without them."
        )
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    if low == high:
        raise DatasetError(
            f"{file}: all pixels are {low:g}; expected an image. Leave the file out."
        )
    if values.dtype in (np.uint8, np.uint16):
        return values
    numbers = values.astype(np.float64)
    whole_numbers = bool((numbers % 1 == 0).all())
    if whole_numbers and high - min(low, 0.0) <= MOST:
        return (numbers - min(low, 0.0)).astype(np.uint16)
    return np.rint((numbers - low) * (MOST / (high - low))).astype(np.uint16)
