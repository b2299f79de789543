"""Tiling: square tiles that cover an image and overlap, so that every particle fits into one.

A micrograph of 4096 pixels a side takes more memory in a network than most machines have, and a
network is recompiled for every size of image. It is therefore cut into tiles of one size. They
overlap by the largest box that the network was trained on: a particle that one tile cuts off lies
completely in the next. `merging` then joins the detections of the tiles.
"""

import dataclasses
import itertools
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.networks.boxes import corners
from tem_virus_dataset.networks.nms import DetectedBoxes

MIN_OVERLAP, MAX_OVERLAP = 1 / 8, 1 / 2  # of two tiles, as a share of a tile's side
BORDER = 1 / 50  # of its side: a box that ends so near to a border may be cut off there


@dataclasses.dataclass(frozen=True)
class Tile:
    """A square part of an image: its first column and row, and its side in pixels.

    It may be larger than the image.
    """

    x: int
    y: int
    side: int

    def cut(self, image: NDArray, mean: float, deviation: float) -> NDArray[np.float32]:
        """Return its pixels (side, side), standardized; beyond the image its mean, as in training.

        Args:
          image: (height, width); mean, deviation: of the image, in its counts.
        """
        part = image[self.y : self.y + self.side, self.x : self.x + self.side]
        part = (part - np.float32(mean)) / np.float32(deviation)
        below, beside = (self.side - length for length in part.shape)
        return np.pad(part.astype(np.float32), ((0, below), (0, beside)))

    def cuts_off(self, detections: DetectedBoxes, shape: tuple[int, ...]) -> NDArray[np.bool_]:
        """Return which boxes, in the tile's pixels, end at one of its borders within the image.

        Args:
          shape: of the image, height and width.

        Returns:
          (n,) bool.
        """
        low = np.array([self.x > 0, self.y > 0])
        high = np.array([self.x + self.side < shape[1], self.y + self.side < shape[0]])
        box, near = corners(detections.boxes), BORDER * self.side
        at_low, at_high = box[:, :2] <= near, box[:, 2:] >= self.side - near
        return ((at_low & low) | (at_high & high)).any(axis=1)


def tiles(shape: tuple[int, ...], side: int, largest_box: float) -> Iterator[Tile]:
    """Yield the tiles of an image, row after row.

    Args:
      shape: height and width, of any size; side: of a tile.
      largest_box: side in pixels of what must lie completely in one tile, up to half of a tile.
    """
    overlap = int(np.ceil(np.clip(largest_box, MIN_OVERLAP * side, MAX_OVERLAP * side)))
    rows, columns = (_starts(length, side, overlap) for length in shape[:2])
    for y, x in itertools.product(rows, columns):
        yield Tile(x, y, side)


def _starts(length: int, side: int, overlap: int) -> list[int]:
    """Return where tiles begin on one axis, evenly; neighbours overlap by so much or more."""
    count = max(1, -(-(length - overlap) // (side - overlap)))
    return [round(n * max(length - side, 0) / max(count - 1, 1)) for n in range(count)]
