"""The grid of positions: one for every cell and anchor of a network's three maps; and decoding.

A network's numbers are relative: a centre to the corner of its cell, a size to its anchor. This
keeps them of order 1 at every scale, so that one loss and one learning rate suit all. The sigmoid
bounds them: a centre lies within 1.5 cells of its cell's corner (so that neighbouring cells can
predict it too), a side between 0 and 4 times the anchor's, where an exponential could overflow.
"""

import dataclasses
from typing import Any

import numpy as np
from keras import ops
from numpy.typing import NDArray

from benchmark.models.layers.yolov5_network import PER_CELL, STRIDES


@dataclasses.dataclass(frozen=True)
class Grid:
    """All positions of an image, scale after scale, row after row, anchor after anchor.

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
    """Return the positions of an image; its sides are multiples of 32.

    Args:
      anchors: (3, 3, 2) width and height in pixels, of each scale.
    """
    cells, strides, sizes, scales = [], [], [], []
    start = 0
    for stride, of_scale in zip(STRIDES, np.asarray(anchors, np.float32), strict=True):
        rows, columns = height // stride, width // stride
        y, x = np.mgrid[:rows, :columns].reshape(2, -1, 1).repeat(PER_CELL, axis=2)
        cells.append(np.stack([x.ravel(), y.ravel()], axis=1))
        strides.append(np.full(x.size, stride))
        sizes.append(np.tile(of_scale, (rows * columns, 1)))
        scales.append(slice(start, start + x.size))
        start += x.size
    all_cells, all_strides, all_sizes = (
        np.concatenate(part).astype(np.float32) for part in (cells, strides, sizes)
    )
    return Grid(all_cells, all_strides, all_sizes, tuple(scales))


def decode_boxes(logits: Any, grid: Grid) -> Any:
    """Decode logits (..., positions, 4 or more) to boxes x, y, width, height in pixels."""
    share = ops.sigmoid(logits[..., :4])
    centre = (2 * share[..., :2] - 0.5 + grid.cells) * grid.stride[:, None]
    return ops.concatenate([centre, (2 * share[..., 2:]) ** 2 * grid.anchors], axis=-1)
