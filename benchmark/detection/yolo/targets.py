"""Target assignment: which positions of the grid are trained to predict which box.

YOLOv5 keeps a list of (image, anchor, cell) triples for each batch. Its length changes from batch
to batch, which XLA and JAX can only handle by recompiling. Here the assignment is dense: one
row for every position of the grid, zeros where there is no box, so that every batch has one shape
and the loss is a plain sum over masked arrays. The price is that a position holds one box only; of
two that claim it the smaller one gets it, since the larger has more positions left. A box is
assigned to three cells instead of one, which triples the few positive examples among thousands.
"""

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.networks.grid import Grid

MAX_RATIO = 4.0  # of a box's side to its anchor's, and of the anchor's to the box's
# of a target: 1 where there is a box, x, y, width, height in pixels, class, weight of the box; and
# 1 where no box is near, so that a detection may be a particle that nobody annotated
NUMBERS = 8
NEAR = 1.5  # a position is near to a box if it lies in a box of that many times its sides


def targets(
    boxes: NDArray[np.floating],
    labels: NDArray[np.integer],
    grid: Grid,
    weights: NDArray[np.floating] | None = None,
    with_far: bool = False,
) -> NDArray[np.float32]:
    """Assign boxes to positions.

    A box belongs to the cell of its centre and to the two nearest neighbouring cells, and there to
    every anchor of about its size. Where two boxes claim a position the smaller one gets it; YOLOv5
    would train it on both.

    Args:
      boxes: (n, 4) x, y of the centre, width, height in pixels; labels: (n,) classes.
      weights: (classes,) of the boxes of each class, 1 by default; with_far: mark positions that
        are not near to any box.

    Returns:
      (positions, 8) float32: 1, x, y, width, height, class, weight, 0; zeros where there is no box,
      but for the last number `with_far`.
    """
    assigned = np.zeros((len(grid), NUMBERS), np.float32)
    order = np.argsort(-boxes[:, 2] * boxes[:, 3], kind="stable")
    for scale in grid.scales:
        cells, stride = grid.cells[scale], grid.stride[scale.start]
        columns, rows = (cells.max(axis=0) + 1).astype(int)
        per_cell = (scale.stop - scale.start) // (columns * rows)
        anchors = grid.anchors[scale.start : scale.start + per_cell]
        for n in order:
            ratio = boxes[n, 2:] / anchors
            fitting = np.flatnonzero(np.maximum(ratio, 1 / ratio).max(axis=1) < MAX_RATIO)
            for column, row in _cells(boxes[n, :2] / stride, columns, rows):
                positions = scale.start + (row * columns + column) * per_cell + fitting
                weight = 1 if weights is None else weights[labels[n]]
                assigned[positions] = (1, *boxes[n], labels[n], weight, 0)
    if with_far:
        assigned[:, -1] = far(boxes, grid)
    return assigned


def far(boxes: NDArray[np.floating], grid: Grid) -> NDArray[np.bool_]:
    """Return which positions are not near to any of the boxes (n, 4): (positions,)."""
    centre = (grid.cells + 0.5) * grid.stride[:, None]
    is_far = np.ones(len(grid), bool)
    for x, y, width, height in boxes:
        reach = np.array([width, height]) * NEAR / 2 + grid.stride[:, None]
        is_far &= (np.abs(centre - (x, y)) > reach).any(axis=1)
    return is_far


def _cells(centre: NDArray[np.floating], columns: int, rows: int) -> list[tuple[int, int]]:
    """Return the cell of a centre, given in cells, and its two nearest neighbours."""
    x, y = np.clip(centre, 0, [columns - 1e-3, rows - 1e-3])
    column, row = int(x), int(y)
    beside = column - 1 if x % 1 < 0.5 else column + 1
    above = row - 1 if y % 1 < 0.5 else row + 1
    near = [(column, row), (beside, row), (column, above)]
    return [(c, r) for c, r in near if 0 <= c < columns and 0 <= r < rows]
