"""Rows of zeros that an interrupted copy leaves at a border of an image.

A file without compression that has its full length, and of which only a part was written, reads as
an image with plain rows. It ends in zeros; so does one whose last rows are padding. The file cannot
tell them apart, so they are named and stay.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

FEWEST, SHARE = 8, 0.05  # rows, and share of the height, that are worth a word
TAIL = 1 << 10  # bytes at the end of a file


def remark(path: Path, values: NDArray) -> str:
    """Return a remark on rows of zeros at a border, "" where there are few, or the file goes on.

    Args:
      path: of the file; values: (height, width), as it has them.
    """
    height = len(values)
    least = max(FEWEST, SHARE * height)
    ends = (("highest", _zeros(values)), ("lowest", _zeros(values[::-1])))
    words = [f"the {end} {rows}" for end, rows in ends if least <= rows < height]
    if not words or not ends_in_zeros(path):
        return ""
    return (
        f"{' and '.join(words)} of {height} rows are all 0, and so is the end of the file, as of "
        "padding, or of a copy that was interrupted: compare it with the original"
    )


def _zeros(rows: NDArray) -> int:
    """Return how many rows from the first on are zeros."""
    return next((index for index, row in enumerate(rows) if np.any(row)), len(rows))


def ends_in_zeros(path: Path) -> bool:
    """Return whether the last bytes of a file are zeros, as after a copy that was interrupted."""
    with path.open("rb") as file:
        file.seek(-min(TAIL, path.stat().st_size), 2)
        return not any(file.read())
