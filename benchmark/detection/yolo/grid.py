"""Where a network looks: one position for every cell and anchor of its three maps."""

import dataclasses
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from benchmark.models.layers.yolov5_network import PER_CELL, STRIDES


@dataclasses.dataclass(frozen=True)
class Grid:
    """All positions of a picture, scale after scale, row after row, anchor after anchor.

    Attributes:
      cells: (p, 2) float32 x, y of the cell, counted in cells; stride: (p,) float32 pixels of one.
      anchors: (p, 2) float32 width and height in pixels.
      scales: slice of the positions of each scale.
    """

    cells: NDArray[np.float32]
    stride: NDArray[np.float32]
    anchors: NDArray[np.float32]
    scales: tuple[slice, ...]

    def __len__(self) -> int:
        return len(self.stride)


def grid(height: int, width: int, anchors: NDArray[np.floating]) -> Grid:
    """Return the positions of a picture; its sides are multiples of 32.

    Args:
      anchors: (3, 3, 2) width and height in pixels, of each scale.
    """
    cells, strides, sizes, scales = [], [], [], []
    begin = 0
    for stride, own in zip(STRIDES, np.asarray(anchors, np.float32), strict=True):
        rows, columns = height // stride, width // stride
        y, x = np.mgrid[:rows, :columns].reshape(2, -1, 1).repeat(PER_CELL, axis=2)
        cells.append(np.stack([x.ravel(), y.ravel()], axis=1))
        strides.append(np.full(x.size, stride))
        sizes.append(np.tile(own, (rows * columns, 1)))
        scales.append(slice(begin, begin + x.size))
        begin += x.size
    places, steps, own = (
        np.concatenate(part).astype(np.float32) for part in (cells, strides, sizes)
    )
    return Grid(places, steps, own, tuple(scales))


def boxes(found: Any, where: Grid) -> Any:
    """Return the boxes of logits (..., positions, 4 or more), x, y, width, height in pixels.

    A centre lies within 1.5 cells of its cell's corner, a side between 0 and 4 times the anchor's.
    """
    share = ops.sigmoid(found[..., :4])
    centre = (2 * share[..., :2] - 0.5 + where.cells) * where.stride[:, None]
    return ops.concatenate([centre, (2 * share[..., 2:]) ** 2 * where.anchors], axis=-1)
