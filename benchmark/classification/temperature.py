"""Temperature scaling: one number that makes probabilities as sure as they are right.

Mixup, smoothed labels and the mean over D4 transforms leave a network less sure than it should be.
Probabilities are therefore taken to a power, and made to sum to 1 again; no class changes its rank
(Guo et al. 2017, arXiv 1706.04599). The power is fitted on validation.
"""

import numpy as np
from scipy import optimize

SMALLEST = 1e-7  # of a probability; predictions files have six digits
RANGE = 0.05, 20.0


def fitted(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the temperature with the lowest mean cross-entropy, from 0.05 to 20.

    It is 1 where every prediction is correct: no temperature would then be low enough.

    Args:
      probabilities: (n, classes) float64; labels: (n,) int.
    """

    def cross_entropy(logarithm: float) -> float:
        scaled = applied(probabilities, float(np.exp(logarithm)))
        of_label = np.clip(scaled[np.arange(len(labels)), labels], SMALLEST, 1)
        return float(-np.log(of_label).mean())

    if (probabilities.argmax(axis=1) == labels).all():
        return 1.0
    found = optimize.minimize_scalar(cross_entropy, bounds=np.log(RANGE), method="bounded")
    return round(float(np.exp(found.x)), 4)


def applied(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Return (n, classes) float64 probabilities at a temperature; below 1 they are more certain."""
    logarithms = np.log(np.clip(probabilities, SMALLEST, 1)) / temperature
    powers = np.exp(logarithms - logarithms.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
