"""The grid of positions: one for every cell and anchor of a network's three maps; and decoding.

A network's numbers are relative: a centre to the corner of its cell, a size to its anchor. This
keeps them of order 1 at every scale, so that one loss and one learning rate suit all. The sigmoid
bounds them: a centre lies within 1.5 cells of its cell's corner (so that neighbouring cells can
predict it too), a side between 0 and 4 times the anchor's, where an exponential could overflow.
"""

import dataclasses

import numpy as np
from numpy.typing import NDArray
from scipy import special

STRIDES = (8, 16, 32)  # pixels of the image to a cell of each scale
PER_CELL = 3  # anchors of each scale


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


def boxes(
    logits: NDArray[np.float32], cells: Grid, rows: NDArray[np.integer]
) -> NDArray[np.float32]:
    """Decode the logits (n, 4 or more) of the positions `rows` of an image.

    Returns:
      (n, 4) float32 x, y of the centre, width, height in pixels.
    """
    share = sigmoid(logits[:, :4])
    centre = (2 * share[:, :2] - 0.5 + cells.cells[rows]) * cells.stride[rows, None]
    return np.concatenate([centre, (2 * share[:, 2:]) ** 2 * cells.anchors[rows]], axis=1)


def sigmoid(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return 1 / (1 + exp(-logits)), without overflow."""
    result: NDArray[np.float32] = special.expit(logits)
    return result
