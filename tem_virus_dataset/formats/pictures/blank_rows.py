"""Rows of zeros at the borders of an image: what an interrupted copy leaves, or padding.

An uncompressed file of its full length, of which only a part was written, reads as an image with
plain rows. The file cannot tell them from padding, so they are named and stay.
"""

import numpy as np
from numpy.typing import NDArray

FEWEST, SHARE = 8, 0.05  # rows, and share of the height, that are worth a word


def remark(values: NDArray) -> str:
    """Return a remark on rows of zeros at either end, "" where there are few.

    Args:
      values: (height, width), as they are stored.
    """
    height = len(values)
    least = max(FEWEST, SHARE * height)
    ends = (("highest", _zeros(values)), ("lowest", _zeros(values[::-1])))
    words = [f"the {end} {rows}" for end, rows in ends if least <= rows < height]
    if not words:
        return ""
    return (
        f"{' and '.join(words)} of {height} rows are all 0, as of padding, or of a copy that was "
        "interrupted: compare the file with the original"
    )


def _zeros(rows: NDArray) -> int:
    """Return how many rows from the first on are zeros."""
    return next((index for index, row in enumerate(rows) if np.any(row)), len(rows))
