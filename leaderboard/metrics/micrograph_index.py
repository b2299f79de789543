"""Micrographs of examples as numbers."""

import functools
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def numbered(micrographs: Sequence[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """Return the names in order, each once, and the place of every example's among them, (n,).

    All rows of a table have the same examples, so the names are sorted once, not for each row.
    """
    return _numbered(tuple(micrographs))


@functools.lru_cache(maxsize=16)
def _numbered(micrographs: tuple[str, ...]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    names, index = np.unique(np.asarray(micrographs), return_inverse=True)
    index.flags.writeable = False
    return tuple(map(str, names)), index
