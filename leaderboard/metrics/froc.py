"""Recall at a fixed number of false positives a micrograph: points of the FROC curve.

Boxes of the ground truth may be incomplete. A detection of a particle that nobody annotated then
counts as false, and precision, F1 and average precision fall for a detector that is right. With a
fixed allowance of false positives recall suffers far less. Bunch et al. 1978, *A free-response
approach to the measurement and characterization of radiographic-observer performance*.
"""

import numpy as np
from numpy.typing import NDArray

from leaderboard.metrics.matching import NONE

RATES = (0.5, 1.0, 2.0)  # false positives a micrograph, mean over the micrographs


def recall_at(
    confidence: NDArray[np.float64],
    matched: NDArray[np.int64],
    boxes: int,
    micrographs: int,
    rates: tuple[float, ...] = RATES,
) -> dict[float, float]:
    """Return the highest recall with at most so many false positives a micrograph, by rate.

    Detections of equal confidence count together or not at all. 0 without a box.

    Args:
      confidence: (m,) of the detections of all classes, falling; matched: (m,), a row of
        `matching.match`; boxes, micrographs: their numbers.

    >>> recall_at(np.array([0.9, 0.8, 0.7]), np.array([0, NONE, 1]), 2, 1, (0.5, 1.0))
    {0.5: 0.5, 1.0: 1.0}
    """
    last = np.flatnonzero(np.append(confidence[1:] != confidence[:-1], True)[: len(confidence)])
    correct = np.cumsum(matched != NONE)[last]
    false = np.cumsum(matched == NONE)[last]
    return {
        rate: float(correct[false <= rate * micrographs].max(initial=0) / boxes) if boxes else 0.0
        for rate in rates
    }
