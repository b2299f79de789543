"""Anchors, boxes, and the logits of a network that detects these boxes without errors."""

import numpy as np

from tem_virus_dataset.networks import grid

ANCHORS = np.array([[10, 13], [16, 30], [33, 23], [30, 61], [62, 45], [59, 119], [116, 90],
                    [156, 198], [373, 326]], np.float32).reshape(3, 3, 2)  # fmt: skip
BOXES = np.array([[30.0, 40, 20, 24], [90, 20, 60, 50], [70, 90, 100, 70]], np.float32)
LABELS = np.array([0, 1, 1])


def inverted(boxes: np.ndarray, at: np.ndarray, positions: grid.Grid) -> np.ndarray:
    """Return the logits that are decoded to these boxes at these positions."""
    centre = (boxes[:, :2] / positions.stride[at, None] - positions.cells[at] + 0.5) / 2
    size = np.sqrt(boxes[:, 2:] / positions.anchors[at]) / 2
    share = np.clip(np.hstack([centre, size]), 1e-4, 1 - 1e-4)
    return np.log(share / (1 - share))


def perfect(positions: grid.Grid, wanted: np.ndarray, classes: int = 2) -> np.ndarray:
    """Return the logits (1, positions, 5 + classes) of a network without errors."""
    at = np.flatnonzero(wanted[:, 0])
    logits = np.full((1, len(positions), 5 + classes), -12.0, np.float32)
    logits[0, at, :4] = inverted(wanted[at, 1:5], at, positions)
    logits[0, at, 4] = 12
    logits[0, at, 5 + wanted[at, 5].astype(int)] = 12
    return logits
