"""Predictions as `write` writes them, read at once: every probability has six digits.

A leaderboard of ten thousand records has twenty million rows. The general reader looks at each
cell, and takes most of the time in which such tables are scored. In this form every cell is nine
characters long, so all digits of a file are one array. Whatever departs from it, and all that is
wrong, is left to the general reader and its messages.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

WIDTH = 9  # of "0.123456,"
POINT, COMMA = 1, 8  # their places
POWERS = np.array([10**6, 10**5, 10**4, 10**3, 10**2, 10, 1], np.float64)


def probabilities(
    text: str, ids: Sequence[str], classes: Sequence[str]
) -> NDArray[np.float64] | None:
    """Return the probabilities in a text of this form, the same to the last bit as the general.

    Args:
      text: of the CSV; ids, classes: all that it must hold.

    Returns:
      float64 (len(ids), len(classes)), in the order of `ids`; None where the text has another form,
      other columns or their order, or an id that is missing, unknown or double. Sums of rows are
      not looked at.
    """
    first, _, body = text.partition("\n")
    if first != ",".join(["id", *classes]) or '"' in text:
        return None
    cells = [line.partition(",") for line in body.split("\n") if line]
    length = WIDTH * len(classes) - 1
    if len(cells) != len(ids) or any(len(numbers) != length for _, _, numbers in cells):
        return None
    numbers = "".join(f"{numbers}," for _, _, numbers in cells)
    if not numbers.isascii():
        return None
    characters = np.frombuffer(numbers.encode(), np.uint8).reshape(-1, WIDTH)
    digits = np.delete(characters, [POINT, COMMA], axis=1) - ord("0")  # below "0" they wrap
    if (
        (characters[:, POINT] != ord(".")).any()
        or (characters[:, COMMA] != ord(",")).any()
        or (digits > 9).any()
    ):
        return None
    row_of = {name: row for row, (name, _, _) in enumerate(cells)}
    if len(row_of) != len(cells) or row_of.keys() != set(ids):
        return None
    # a quotient of two whole numbers is rounded once, as the decimal is when it is read
    values = ((digits @ POWERS) / POWERS[0]).reshape(len(ids), len(classes))
    return values[[row_of[name] for name in ids]]
