"""Where pixels are taken from: a wrong pixel size, and a patch beside its particle.

A patch holds nothing beyond its border, and a submission has patches alone. What comes into view is
therefore mirrored (... 1 0 | 0 1 ...), as it is at the border of a micrograph. A true neighbour,
which a whole micrograph would show there, does not come into view.
"""

import functools
import math

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

LOBES = 3  # of the Lanczos kernel


def magnified(counts: NDArray[np.float64], factor: float) -> NDArray[np.float64]:
    """Return an image (height, width) magnified about its centre, of the same shape.

    Args:
      factor: above 1 what is shown gets larger, and the border is cut; below 1 the image is
        low-passed before, and mirrored beyond its border.
    """
    rows, columns = (_weights(length, factor) for length in counts.shape)
    return np.asarray((columns @ (rows @ counts).T).T)


@functools.lru_cache(maxsize=16)
def _weights(length: int, factor: float) -> sparse.csr_array:
    """Return (length, length): how much of each pixel each pixel of the result takes."""
    centre = (length - 1) / 2
    places = (np.arange(length) - centre) / factor + centre
    narrowing = min(factor, 1.0)  # where it gets smaller the kernel gets wider, against aliasing
    reach = math.ceil(LOBES / narrowing)
    taps = np.floor(places).astype(int)[:, None] + np.arange(1 - reach, reach + 1)
    distance = (places[:, None] - taps) * narrowing
    inside = np.abs(distance) < LOBES
    weights = np.where(inside, np.sinc(distance) * np.sinc(distance / LOBES), 0.0)
    weights /= weights.sum(axis=1, keepdims=True)
    rows = np.broadcast_to(np.arange(length)[:, None], taps.shape)
    entries = weights.ravel(), (rows.ravel(), mirrored(taps, length).ravel())
    return sparse.csr_array(sparse.coo_array(entries, shape=(length, length)))


def shifted(counts: NDArray[np.float64], x: int, y: int) -> NDArray[np.float64]:
    """Return the image (height, width) as it is seen from a centre moved by whole pixels."""
    rows, columns = (
        mirrored(np.arange(length) + move, length)
        for length, move in zip(counts.shape, (y, x), strict=True)
    )
    return counts[np.ix_(rows, columns)]


def mirrored(index: NDArray[np.integer], length: int) -> NDArray[np.integer]:
    """Return indices of an axis; those beyond it run back."""
    index = index % (2 * length)
    return np.minimum(index, 2 * length - 1 - index)
