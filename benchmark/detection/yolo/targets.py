"""Which positions of a grid answer for which box: YOLOv5's assignment, as one dense array."""

import numpy as np
from numpy.typing import NDArray

from benchmark.detection.yolo.grid import Grid

RATIO = 4.0  # a box's side may be so many times its anchor's, or the other way round
NUMBERS = 6  # of a target: 1 where there is one, x, y, width, height in pixels, class


def targets(
    boxes: NDArray[np.floating], labels: NDArray[np.integer], where: Grid
) -> NDArray[np.float32]:
    """Assign boxes to positions.

    A box belongs to the cell of its centre and the two next to it that lie nearest, and there to
    every anchor of about its size. Where two claim a position the smaller box has it: YOLOv5 would
    train it on both.

    Args:
      boxes: (n, 4) x, y of the centre, width, height in pixels; labels: (n,) classes.

    Returns:
      (positions, 6) float32: 1, x, y, width, height, class; zeros where there is no box.
    """
    found = np.zeros((len(where), NUMBERS), np.float32)
    order = np.argsort(-boxes[:, 2] * boxes[:, 3], kind="stable")
    for scale in where.scales:
        cells, stride = where.cells[scale], where.stride[scale.start]
        columns, rows = (cells.max(axis=0) + 1).astype(int)
        per_cell = (scale.stop - scale.start) // (columns * rows)
        anchors = where.anchors[scale.start : scale.start + per_cell]
        for n in order:
            ratio = boxes[n, 2:] / anchors
            fits = np.flatnonzero(np.maximum(ratio, 1 / ratio).max(axis=1) < RATIO)
            for column, row in _cells(boxes[n, :2] / stride, columns, rows):
                at = scale.start + (row * columns + column) * per_cell + fits
                found[at] = (1, *boxes[n], labels[n])
    return found


def _cells(centre: NDArray[np.floating], columns: int, rows: int) -> list[tuple[int, int]]:
    """Return the cell of a centre, given in cells, and its two nearest neighbours."""
    x, y = np.clip(centre, 0, [columns - 1e-3, rows - 1e-3])
    column, row = int(x), int(y)
    aside = column - 1 if x % 1 < 0.5 else column + 1
    above = row - 1 if y % 1 < 0.5 else row + 1
    near = [(column, row), (aside, row), (column, above)]
    return [(c, r) for c, r in near if 0 <= c < columns and 0 <= r < rows]
