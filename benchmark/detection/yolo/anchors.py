"""Anchors: the nine box sizes that best describe the boxes of a training set, by k-means.

A network predicts a box as a multiple of an anchor, from 0 to 4 times its width and height, and is
trained on a box only at anchors of about its size. The anchors published with YOLOv5 fit everyday
photographs; particles have a few sizes, set by their class and by the pixel size, so the anchors
are fitted to the training boxes. Distances are taken between logarithms: what counts is the ratio
of two sizes, and with plain sizes the largest boxes would decide.
"""

import numpy as np
from numpy.typing import NDArray

from benchmark.detection.yolo.targets import MAX_RATIO
from tem_virus_dataset.networks.grid import PER_CELL, STRIDES


def fitted(sizes: NDArray[np.floating], seed: int = 0) -> NDArray[np.float32]:
    """Fit anchors by k-means of the logarithms of width and height, with scikit-learn.

    Where there are fewer different boxes than anchors, as of viruses of one size, the rest are
    multiples of these.

    Args:
      sizes: (n, 2) width and height of all boxes in pixels, n > 0.

    Returns:
      (3, 3, 2) float32: three of each scale, by rising area.
    """
    from sklearn.cluster import KMeans

    logs = np.log(np.asarray(sizes, np.float64))
    centres = np.unique(logs.round(6), axis=0)
    count = len(STRIDES) * PER_CELL
    if len(centres) > count:
        centres = KMeans(count, n_init=10, random_state=seed).fit(logs).cluster_centers_
    factor = 0
    while len(centres) < count:  # halve and double in turn
        factor = -factor if factor > 0 else 1 - factor
        centres = np.concatenate([centres, centres[: count - len(centres)] + factor * np.log(2)])
    ordered = centres[np.argsort(centres.sum(axis=1), kind="stable")]
    return np.exp(ordered).reshape(len(STRIDES), PER_CELL, 2).astype(np.float32)


def fit(sizes: NDArray[np.floating], anchors: NDArray[np.floating]) -> NDArray[np.bool_]:
    """Return which boxes have an anchor of about their size, (n,): others are not learned."""
    ratio = np.asarray(sizes)[:, None] / anchors.reshape(-1, 2)
    is_alike = np.maximum(ratio, 1 / ratio).max(axis=2) < MAX_RATIO
    return np.asarray(is_alike.any(axis=1))
