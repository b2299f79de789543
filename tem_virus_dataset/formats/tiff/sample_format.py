"""The kind of numbers of a TIFF page that does not state it: TIFF 6.0, section 19, SampleFormat.

Without the tag numbers are unsigned. Some programs leave it out of fractions and of signed numbers,
which then read as others without any sign of it: fractions as counts of a billion, -1 as 65535.
Both leave clear traces, and only where these are met another kind is taken:

* As whole numbers, fractions are larger than any count: 1.0 is 1,065,353,216.
* Signed numbers around 0 lie at both ends of the unsigned range, and none lies in its middle. An
  end of mostly one value is no such: saturated pixels, or a border of 0 beside bright counts.
"""

import types

import numpy as np
from numpy.typing import NDArray

TAG = 339
SAMPLE = 1 << 10  # rows and columns that are looked at
LARGEST_COUNTS = types.MappingProxyType({4: 1 << 28, 8: 1 << 56})  # by bytes of a number
FRACTIONS = 1e-20, 1e20  # sizes of all numbers but 0, of an image of fractions
MOSTLY = 0.5  # share of pixels above the largest counts
MIDDLE = 1 / 4, 3 / 4  # of the range, where signed numbers around 0 have none
SIGNED = types.MappingProxyType({2: np.int16, 4: np.int32})  # by bytes of a number
BOTH = 0.005  # least share of pixels at either end
ONE_VALUE = 0.5  # share of an end that may be one value


def of_kind(values: NDArray) -> NDArray:
    """Return unsigned numbers of any shape as what they are: unsigned, signed, or fractions."""
    if values.dtype.kind != "u":
        return values
    step = [max(1, length // SAMPLE) for length in values.shape[:2]]
    sample = np.ascontiguousarray(values[:: step[0], :: step[1]])
    size = values.dtype.itemsize
    if size in LARGEST_COUNTS and _are_fractions(sample):
        return values.view(f"f{size}")
    return values.view(SIGNED[size]) if size in SIGNED and _are_signed(sample) else values


def _are_fractions(sample: NDArray) -> bool:
    counts = sample > LARGEST_COUNTS[sample.dtype.itemsize]
    if counts.mean() < MOSTLY:
        return False
    sizes = np.abs(sample.view(f"f{sample.dtype.itemsize}"))
    fits = (sizes == 0) | ((sizes > FRACTIONS[0]) & (sizes < FRACTIONS[1]))
    return bool(fits.all())


def _are_signed(sample: NDArray) -> bool:
    low, high = (share * (1 << 8 * sample.dtype.itemsize) for share in MIDDLE)
    upper = sample[sample >= high]
    if not BOTH <= upper.size / max(1, sample.size) <= 1 - BOTH:
        return False
    if ((sample >= low) & (sample < high)).any():
        return False
    ends = (upper, sample[sample < low])
    return all(np.unique(end, return_counts=True)[1].max() <= ONE_VALUE * end.size for end in ends)
