"""Square tiles that cover a picture and overlap, so that every particle is whole in one of them."""

import dataclasses
import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from benchmark.detection.data import corners
from benchmark.detection.yolo.decoding import Found

LEAST, MOST = 1 / 8, 1 / 2  # of a tile's side that two of them share
NEAR = 1 / 50  # of its side: a box that ends so near to a border may be cut off there


@dataclasses.dataclass(frozen=True)
class Tile:
    """A square part of a picture: its first column and row, and its side in pixels.

    It may be larger than the picture.
    """

    x: int
    y: int
    side: int

    def cut(self, picture: NDArray, mean: float, deviation: float) -> NDArray[np.float32]:
        """Return its pixels (side, side), standardized; beyond the picture its mean.

        So detectors see a border in training, too.
        """
        part = picture[self.y : self.y + self.side, self.x : self.x + self.side]
        part = (part - np.float32(mean)) / np.float32(deviation)
        below, right = (self.side - length for length in part.shape)
        return np.pad(part.astype(np.float32), ((0, below), (0, right)))

    def reaching(self, found: Found, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """Tell which boxes, in the tile's pixels, end at one of its borders within the picture.

        Args:
          shape: of the picture, height and width.

        Returns:
          (n,) bool.
        """
        low = np.array([self.x > 0, self.y > 0])
        high = np.array([self.x + self.side < shape[1], self.y + self.side < shape[0]])
        box, near = corners(found.boxes), NEAR * self.side
        before, behind = box[:, :2] <= near, box[:, 2:] >= self.side - near
        return ((before & low) | (behind & high)).any(axis=1)


def tiles(shape: tuple[int, ...], side: int, largest: float) -> Iterator[Tile]:
    """Yield the tiles of a picture, row after row.

    Args:
      shape: height and width, of any size; side: of a tile.
      largest: side in pixels of what must be whole in one tile, up to half of a tile.
    """
    shared = int(np.ceil(np.clip(largest, LEAST * side, MOST * side)))
    rows, columns = (_starts(length, side, shared) for length in shape[:2])
    for y, x in itertools.product(rows, columns):
        yield Tile(x, y, side)


def _starts(length: int, side: int, shared: int) -> list[int]:
    """Return where tiles begin on one axis, evenly; neighbours share so much or more."""
    count = max(1, -(-(length - shared) // (side - shared)))
    return [round(n * max(length - side, 0) / max(count - 1, 1)) for n in range(count)]
