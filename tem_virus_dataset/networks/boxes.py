"""Boxes of particles in pixels, in the two forms that are common: by their centre, by corners."""

import numpy as np
from numpy.typing import NDArray


def corners(boxes: NDArray[np.floating]) -> NDArray[np.floating]:
    """Convert (n, 4) x, y of the centre, width, height into x0, y0, x1, y1."""
    return np.hstack([boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2])


def centred(boxes: NDArray[np.floating]) -> NDArray[np.floating]:
    """Convert (n, 4) x0, y0, x1, y1 into x, y of the centre, width, height."""
    return np.hstack([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]])
