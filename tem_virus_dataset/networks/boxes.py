"""Boxes of particles in pixels, in the two forms that are common: by their centre, by corners."""

import numpy as np
from numpy.typing import NDArray


def corners(boxes: NDArray[np.floating]) -> NDArray[np.floating]:
    """Convert (n, 4) x, y of the centre, width, height into x0, y0, x1, y1."""
    return np.hstack([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2])


def centred(boxes: NDArray[np.floating]) -> NDArray[np.floating]:
    """Convert (n, 4) x0, y0, x1, y1 into x, y of the centre, width, height."""
    return np.hstack([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]])


def overlaps(first: NDArray[np.floating], second: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the intersection over union (IoU) of boxes (n, 4) and (m, 4) by their centre, (n, m).

    As `leaderboard.metrics.matching.overlaps`, which runs without this package.
    """
    a, b = np.asarray(first, np.float64)[:, None], np.asarray(second, np.float64)[None]
    low = np.maximum(a[..., :2] - a[..., 2:] / 2, b[..., :2] - b[..., 2:] / 2)
    high = np.minimum(a[..., :2] + a[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2)
    shared = (high - low).clip(0).prod(axis=-1)
    union = a[..., 2:].prod(axis=-1) + b[..., 2:].prod(axis=-1) - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
