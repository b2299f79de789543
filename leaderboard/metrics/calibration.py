"""Whether confidence equals accuracy: reliability and expected calibration error.

Source: Guo et al. 2017, "On calibration of modern neural networks": the confidence is the highest
probability, the bins are equally wide, empty ones do not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leaderboard.metrics.classification import checked_labels

BINS = 15


@dataclass(frozen=True)
class Reliability:
    """The bins that hold examples, by rising confidence, each array (b,).

    Attributes:
      confidence: mean highest probability, 0 to 1; accuracy: share that is correct, 0 to 1.
      count: number of examples; left: lower edge of the bin; width: of every bin.
    """

    confidence: NDArray[np.float64]
    accuracy: NDArray[np.float64]
    count: NDArray[np.int64]
    left: NDArray[np.float64]
    width: float

    @property
    def error(self) -> float:
        """Expected calibration error: mean gap of confidence and accuracy, weighted by count."""
        gaps = np.abs(self.confidence - self.accuracy)
        return float(np.average(gaps, weights=self.count))


def reliability(labels: ArrayLike, probabilities: ArrayLike, bins: int = BINS) -> Reliability:
    """Group examples into bins by confidence, as scikit-learn's `calibration_curve` does.

    Args:
      labels: true class of each example, integers (n,) in [0, c).
      probabilities: (n, c), from 0 to 1; the predicted class is the highest, the first of equals.
      bins: number of equally wide bins from 0 to 1.

    Raises:
      ValueError: no examples, labels that do not fit the probabilities, or no bins.
    """
    values = np.asarray(probabilities, dtype=np.float64)
    if values.ndim != 2 or bins < 1:
        raise ValueError(
            f"found probabilities of shape {values.shape} and {bins} bins, expected (n, c) and at "
            "least one bin."
        )
    true, guess = checked_labels(labels, values.argmax(axis=1), values.shape[1])
    confidences = values.max(axis=1).clip(0, 1)
    edges = np.linspace(0, 1, bins + 1)
    place = np.searchsorted(edges[1:-1], confidences)
    count = np.bincount(place, minlength=bins)
    filled = np.flatnonzero(count)
    confidence, accuracy = (
        np.bincount(place, weights=values, minlength=bins)[filled] / count[filled]
        for values in (confidences, true == guess)
    )
    return Reliability(confidence, accuracy, count[filled], edges[filled], 1 / bins)


def pooled(found: Sequence[Reliability]) -> Reliability:
    """Merge the bins of several sets of examples, all of one width.

    Its `error` is not the mean of theirs.
    """
    left = np.concatenate([one.left for one in found])
    edges, place = np.unique(left, return_inverse=True)
    count = np.concatenate([one.count for one in found])
    total = np.bincount(place, weights=count)
    confidence, accuracy = (
        np.bincount(place, weights=count * np.concatenate(values)) / total
        for values in ([one.confidence for one in found], [one.accuracy for one in found])
    )
    return Reliability(confidence, accuracy, total.astype(np.int64), edges, found[0].width)


def expected_calibration_error(
    labels: ArrayLike, probabilities: ArrayLike, bins: int = BINS
) -> float:
    """Return the expected calibration error, from 0 to 1; takes and raises what `reliability` does.

    >>> round(expected_calibration_error([0, 1], [[0.9, 0.1], [0.7, 0.3]]), 6)
    0.4
    """
    return reliability(labels, probabilities, bins).error
