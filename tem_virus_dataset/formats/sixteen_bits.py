"""Conversion of pixel values of any kind to counts of 8 or 16 bits.

Why strips: an image of a 64-megapixel camera takes 256 MB as float32, and each copy of it in
float64 another 512 MB. All arithmetic is therefore done on some rows at a time.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.signal_range import signal_range

MOST = np.iinfo(np.uint16).max
STRIP = 2**20  # pixels that are converted at a time


def to_16_bits(values: NDArray, file: str) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Return an image as uint8 or uint16. Models standardize images, so the scale is free.

    Whole numbers keep their differences exactly where their range fits into 16 bits. They keep
    their values, too, where these fit; otherwise all are shifted. Fractions, and whole numbers of a
    wider range, are stretched over 16 bits from the least to the greatest value of the signal;
    isolated outliers, such as hot pixels, are clipped (see `signal_range`).

    Pixels without a number (nan, inf) are refused, even a few: they mark what a program could not
    compute, and any value in their place would be an invention that the network takes for signal.

    Args:
      values: (height, width), real numbers of any kind; file: for messages.

    Raises:
      DatasetError: the values are complex, not finite, not of two dimensions, or constant;
        or the image is a mask of 0 and 255.
    """
    if values.ndim != 2 or values.dtype.kind not in "buif":
        raise DatasetError(
            f"{file}: found numbers of type {values.dtype} in {values.ndim} dimensions; expected "
            "one gray image. Save the one image as TIFF."
        )
    _check_finite(values, file)
    low, high = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
    if low == high:
        raise DatasetError(
            f"{file}: all pixels are {low:g}; expected an image. Leave the file out."
        )
    if _is_mask(values):
        raise DatasetError(
            f"{file}: all pixels are 0 or 255, as of a mask; expected a micrograph. Save the "
            "micrograph itself as gray TIFF of 8 or 16 bits, or leave the file out."
        )
    if values.dtype.kind == "u" and values.dtype.itemsize <= 2:
        return values.astype(values.dtype.newbyteorder("="), copy=False)
    is_whole = values.dtype.kind != "f" or _whole_numbers(values)
    if not is_whole or high - low > MOST:
        low, high = signal_range(values, low, high)
    if is_whole and high - low <= MOST:
        offset = min(low, 0.0) if high - min(low, 0.0) <= MOST else low
        return _scaled(values, (low, high), offset, 1.0)
    return _scaled(values, (low, high), low, MOST / (high - low))


def _strips(values: NDArray) -> Iterator[slice]:
    rows = max(1, STRIP // max(1, values.shape[1]))
    for first in range(0, len(values), rows):
        yield slice(first, first + rows)


def _is_mask(values: NDArray) -> bool:
    """Return whether an image is black and white; the first rows of a micrograph say no.

    Two other values are no sign: of few electrons a camera counts 0 or 1 in each pixel.
    """
    return values.dtype == np.uint8 and all(
        bool(((values[strip] == 0) | (values[strip] == 255)).all()) for strip in _strips(values)
    )


def _check_finite(values: NDArray, file: str) -> None:
    if values.dtype.kind != "f":
        return
    faulty, place = 0, (0, 0)
    for strip in _strips(values):
        fault = ~np.isfinite(values[strip])
        if fault.any():
            row, column = np.argwhere(fault)[0].tolist() if not faulty else (0, 0)
            place = place if faulty else (column, strip.start + row)
            faulty += int(fault.sum())
    if faulty:
        raise DatasetError(
            f"{file}: found {faulty} of {values.size} pixels that are no number (nan or infinite), "
            f"the first at x = {place[0]}, y = {place[1]}; expected finite ones. Save the image "
            "again without them, such as after Process > Noise > Remove NaNs in Fiji."
        )


def _whole_numbers(values: NDArray) -> bool:
    return all(bool((np.rint(values[strip]) == values[strip]).all()) for strip in _strips(values))


def _scaled(
    values: NDArray, limits: tuple[float, float], offset: float, factor: float
) -> NDArray[np.uint16]:
    """Clip values at the limits; return (value - offset) * factor, rounded, which fits."""
    result = np.empty(values.shape, np.uint16)
    for strip in _strips(values):
        numbers = values[strip].astype(np.float64)
        numbers.clip(*limits, out=numbers)
        numbers -= offset
        numbers *= factor
        result[strip] = np.rint(numbers, out=numbers)
    return result
