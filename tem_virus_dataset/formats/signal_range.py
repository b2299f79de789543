"""The range of an image's signal: from its least to its greatest value, without hot pixels.

A detector has pixels that always read too much or nothing, and X-rays hit single ones. One such
pixel of 1e6 in an image from 0 to 1 would leave the image two of 65,536 levels. Two signs together
tell it from signal. Its value lies many times the spread of the image away from the image. And it
is narrow: a pixel, a small cluster, a row or a column, while the optics spread all signal over
some pixels each way. What lies far away and is not narrow, such as a bead of gold, stays.
"""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

SAMPLE = 2**21  # pixels, evenly placed, whose percentiles are computed
PERCENTILES = ((2, 98), (0.1, 99.9), (0.01, 99.99))  # the first pair that differs is the spread
FAR = 15.0  # spreads beyond a percentile: narrow things so far away are outliers
FARTHEST = 255.0  # spreads: anything beyond is clipped, so that 256 levels or more are left
NARROW = 3  # pixels: width of the widest cluster or line that is an outlier
STRIP = 2**20  # pixels that are compared at a time


def signal_range(values: NDArray, low: float, high: float) -> tuple[float, float]:
    """Return the least and the greatest value that is no outlier.

    Args:
      values: (height, width) finite real numbers; low, high: their least and greatest.
    """
    step = max(1, int(np.ceil(np.sqrt(values.size / SAMPLE))))
    sample = np.ascontiguousarray(values[::step, ::step]).astype(np.float64)
    for percentiles in PERCENTILES:
        least, greatest = np.percentile(sample, percentiles).tolist()
        if greatest > least:
            break
    else:
        return low, high  # nearly all pixels are equal: nothing is known of the signal's spread
    spread = greatest - least
    inner = least - FAR * spread, greatest + FAR * spread
    if inner[0] <= low and high <= inner[1]:
        return low, high
    outer = least - FARTHEST * spread, greatest + FARTHEST * spread
    far = np.concatenate(list(_outside(values, *inner)))
    width = values.shape[1]
    numbers = values[far // width, far % width].astype(np.float64)
    kept = _wide(far, width) & (numbers >= outer[0]) & (numbers <= outer[1])
    near = [values[strip] for strip in _strips(values)]
    lows = [part.min(where=_within(part, *inner), initial=values.max()) for part in near]
    highs = [part.max(where=_within(part, *inner), initial=values.min()) for part in near]
    return (
        float(min([*lows, *numbers[kept]])),
        float(max([*highs, *numbers[kept]])),
    )


def _strips(values: NDArray) -> Iterator[slice]:
    rows = max(1, STRIP // values.shape[1])
    for first in range(0, len(values), rows):
        yield slice(first, first + rows)


def _within(values: NDArray, least: float, greatest: float) -> NDArray[np.bool_]:
    return np.asarray((values >= least) & (values <= greatest))


def _outside(values: NDArray, least: float, greatest: float) -> Iterator[NDArray[np.int64]]:
    """Yield the places of all pixels beyond two values, as indices of the flat image, sorted."""
    width = values.shape[1]
    for strip in _strips(values):
        yield np.flatnonzero(~_within(values[strip], least, greatest)) + strip.start * width


def _wide(places: NDArray[np.int64], width: int) -> NDArray[np.bool_]:
    """Return which of some pixels lie in a square of such pixels that is wider than `NARROW`.

    This is the opening of their mask, for the few pixels that are set in it.

    Args:
      places: (n,) indices of a flat image of this width, sorted.
    """
    square = [row * width + column for row in range(NARROW + 1) for column in range(NARROW + 1)]
    corners = places[places % width + NARROW < width]
    for shift in square:
        corners = corners[np.isin(corners + shift, places, assume_unique=True)]
    wide = np.unique([corners + shift for shift in square])
    return np.isin(places, wide, assume_unique=True)
