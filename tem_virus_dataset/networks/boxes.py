"""Boxes of particles in pixels, in the two forms that are common: by their centre, by corners."""

import numpy as np
from numpy.typing import NDArray

SAME = 0.5  # IoU from which on `same` takes boxes as the same
NEAR = 1e-3  # pixels, for the rounding of numbers


def corners(boxes: NDArray[np.floating]) -> NDArray[np.floating]:
    """Convert (n, 4) x, y of the centre, width, height into x0, y0, x1, y1."""
    return np.hstack([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2])


def centred(boxes: NDArray[np.floating]) -> NDArray[np.floating]:
    """Convert (n, 4) x0, y0, x1, y1 into x, y of the centre, width, height."""
    return np.hstack([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]])


def same(
    first: NDArray[np.floating], second: NDArray[np.floating]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return rows of both whose boxes have an IoU of .5 or more.

    They are those of `leaderboard.metrics.matching.overlaps`, which compares every pair.
    Two such boxes share half the width of the wider one at least. So their centres are no farther
    apart than half the width of either, nor than half the height. Of all pairs few are left.

    Args:
      first, second: (n, 4) and (m, 4) by their centre.

    Returns:
      (p,) rows of `first` and (p,) rows of `second`.
    """
    a, b = np.asarray(first, np.float64), np.asarray(second, np.float64)
    order = np.argsort(b[:, 0], kind="stable")
    along = b[order, 0]
    reach = a[:, 2] / 2 + NEAR
    begin = np.searchsorted(along, a[:, 0] - reach, side="left")
    counts = np.searchsorted(along, a[:, 0] + reach, side="right") - begin
    rows = np.repeat(np.arange(len(a)), counts)
    places = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    others = order[np.repeat(begin, counts) + places]
    high = a[:, 3] / 2 + NEAR
    is_near = np.abs(a[rows, 1] - b[others, 1]) <= high[rows]
    rows, others = rows[is_near], others[is_near]
    chosen = _iou(a[rows], b[others]) >= SAME
    return rows[chosen], others[chosen]


def _iou(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    low = np.maximum(a[..., :2] - a[..., 2:] / 2, b[..., :2] - b[..., 2:] / 2)
    high = np.minimum(a[..., :2] + a[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2)
    sides = (high - low).clip(0)
    shared = sides[..., 0] * sides[..., 1]
    union = a[..., 2] * a[..., 3] + b[..., 2] * b[..., 3] - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
