"""Room for text in a picture: no label covers a particle or another label."""

import numpy as np
from numpy.typing import NDArray

CELL = 4  # pixels of a side of the cells in which room is kept

Corners = tuple[float, float, float, float]


class TextRoom:
    """Which parts of a picture are taken, in cells of 4 x 4 pixels.

    Args:
      width, height: of the picture in pixels.
    """

    def __init__(self, width: int, height: int) -> None:
        self._size = width, height
        self._taken: NDArray[np.bool_] = np.zeros((height // CELL + 1, width // CELL + 1), bool)

    def take(self, corners: Corners) -> None:
        """Keep a rectangle x0, y0, x1, y1 free of text."""
        self._taken[self._cells(corners)] = True

    def is_free(self, corners: Corners) -> bool:
        """Return whether a rectangle is in the picture, and nothing in it is taken."""
        x0, y0, x1, y1 = corners
        is_inside = x0 >= 0 and y0 >= 0 and x1 <= self._size[0] and y1 <= self._size[1]
        return is_inside and not self._taken[self._cells(corners)].any()

    def place(self, box: Corners, size: tuple[float, float], gap: float) -> tuple[float, float]:
        """Take room for a text beside a box, and return its upper left corner; nan for none.

        Args:
          size: width and height of the text in pixels; gap: between it and the box.
        """
        x0, y0, x1, y1 = box
        width, height = size
        for x, y in (
            (x0, y0 - gap - height),
            (x1 - width, y0 - gap - height),
            (x0, y1 + gap),
            (x1 - width, y1 + gap),
            (x1 + gap, (y0 + y1 - height) / 2),
            (x0 - gap - width, (y0 + y1 - height) / 2),
        ):
            corners = x, y, x + width, y + height
            if self.is_free(corners):
                self.take(corners)
                return x, y
        return np.nan, np.nan

    def _cells(self, corners: Corners) -> tuple[slice, slice]:
        x0, y0, x1, y1 = (max(0, int(value) // CELL) for value in corners)
        return slice(y0, y1 + 1), slice(x0, x1 + 1)
