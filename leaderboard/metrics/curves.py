"""Precision, recall and F1 over the confidence threshold."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leaderboard.metrics.matching import NONE


@dataclass(frozen=True)
class Curve:
    """Scores at every threshold; all arrays are (k,), confidence falling."""

    confidence: NDArray[np.float64]
    precision: NDArray[np.float64]
    recall: NDArray[np.float64]
    f1: NDArray[np.float64]

    @property
    def best_confidence(self) -> float:
        """The threshold of the highest F1, the highest of equals; 1 without a detection."""
        return float(self.confidence[self.f1.argmax()]) if len(self.f1) else 1.0


def curve(confidence: NDArray[np.float64], matched: NDArray[np.int64], boxes: int) -> Curve:
    """Return the curve over every confidence that occurs.

    Args:
      confidence: (m,) of the detections, falling; matched: (m,), a row of `matching.match`.
      boxes: number of ground-truth boxes.

    >>> curve(np.array([0.9, 0.5]), np.array([0, NONE]), 2).f1.round(3).tolist()
    [0.667, 0.5]
    """
    last = np.flatnonzero(np.append(confidence[1:] != confidence[:-1], True)[: len(confidence)])
    correct, number = np.cumsum(matched != NONE)[last], last + 1
    recall = correct / boxes if boxes else np.zeros(len(last))
    return Curve(confidence[last], correct / number, recall, 2 * correct / (number + boxes))
