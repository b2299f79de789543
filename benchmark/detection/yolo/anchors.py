"""Anchors: the nine box sizes that a set of boxes is best described by."""

import numpy as np
from numpy.typing import NDArray

from benchmark.detection.yolo.targets import RATIO
from benchmark.models.layers.yolov5_network import PER_CELL, STRIDES


def fitted(sizes: NDArray[np.floating], seed: int = 0) -> NDArray[np.float32]:
    """Fit anchors by k-means of the logarithms of width and height, with scikit-learn.

    Where there are fewer kinds of boxes than anchors, as of viruses of one size, the rest are
    multiples of those there are.

    Args:
      sizes: (n, 2) width and height of all boxes in pixels, n > 0.

    Returns:
      (3, 3, 2) float32: three of each scale, by rising area.
    """
    from sklearn.cluster import KMeans

    logs = np.log(np.asarray(sizes, np.float64))
    kinds = np.unique(logs.round(6), axis=0)
    wanted = len(STRIDES) * PER_CELL
    if len(kinds) > wanted:
        kinds = KMeans(wanted, n_init=10, random_state=seed).fit(logs).cluster_centers_
    factor = 0
    while len(kinds) < wanted:  # halve and double in turn
        factor = -factor if factor > 0 else 1 - factor
        kinds = np.concatenate([kinds, kinds[: wanted - len(kinds)] + factor * np.log(2)])
    ordered = kinds[np.argsort(kinds.sum(axis=1), kind="stable")]
    return np.exp(ordered).reshape(len(STRIDES), PER_CELL, 2).astype(np.float32)


def best_possible_recall(sizes: NDArray[np.floating], anchors: NDArray[np.floating]) -> float:
    """Return the share of boxes that have an anchor of about their size: others are not learned."""
    ratio = np.asarray(sizes)[:, None] / anchors.reshape(-1, 2)
    return float((np.maximum(ratio, 1 / ratio).max(axis=2) < RATIO).any(axis=1).mean())
