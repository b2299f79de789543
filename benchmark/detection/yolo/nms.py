"""From a network's numbers to a list of particles."""

import dataclasses
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

LEAST, OVERLAP, MOST = 0.001, 0.6, 300  # see `found`; as is usual for average precision
CANDIDATES = 3000  # boxes of a picture that are compared with one another: the surest


@dataclasses.dataclass(frozen=True)
class Found:
    """What a network found in one picture, the surest first.

    Attributes:
      boxes: (n, 4) float32 x, y of the centre, width, height in pixels; labels: (n,) int64.
      confidence: (n,) float32, 0 to 1: objectness times the class's probability.
    """

    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    confidence: NDArray[np.float32]


def particles(
    boxes: NDArray[np.floating],
    said: NDArray[np.floating],
    least: float = LEAST,
    overlap: float = OVERLAP,
    most: int = MOST,
) -> Found:
    """Return `found` of what a network says: (p, 1 + classes), probability of a particle first.

    Nearly all positions have no particle: only the others are multiplied and looked through.
    """
    near = said[:, 0] >= least  # times another probability it is no more
    return found(boxes[near], said[near, 1:] * said[near, :1], least, overlap, most)


def found(
    boxes: NDArray[np.floating],
    chances: NDArray[np.floating],
    least: float = LEAST,
    overlap: float = OVERLAP,
    most: int = MOST,
) -> Found:
    """Keep, class by class, the surest of boxes that overlap, with OpenCV.

    Args:
      boxes: (p, 4) x, y of the centre, width, height; chances: (p, classes), 0 to 1.
      least: confidence below which nothing is kept; overlap: IoU from which on two are one.
      most: boxes kept.
    """
    rows, labels = np.nonzero(chances >= least)
    sure = chances[rows, labels].astype(np.float32)
    if len(sure) > CANDIDATES:
        chosen = np.sort(np.argpartition(-sure, CANDIDATES)[:CANDIDATES])
        rows, labels, sure = rows[chosen], labels[chosen], sure[chosen]
    near = boxes[rows].astype(np.float32)
    corner = np.hstack([near[:, :2] - near[:, 2:] / 2, near[:, 2:]])
    suppress: Any = cv2.dnn.NMSBoxesBatched  # its stub asks for lists
    kept = np.array(suppress(corner, sure, labels.tolist(), least, overlap), np.int64).reshape(-1)
    kept = kept[np.argsort(-sure[kept], kind="stable")][:most]
    return Found(near[kept], labels[kept].astype(np.int64), sure[kept])
