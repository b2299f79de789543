"""Temperature scaling: one number that makes probabilities as sure as they are right.

Mixup, smoothed labels and the mean over D4 transforms leave a network less sure than it should be.
Probabilities are therefore taken to a power, and made to sum to 1 again; no class changes its rank
(Guo et al. 2017, arXiv 1706.04599). The power is fitted on validation.
"""

import numpy as np

SMALLEST = 1e-7  # of a probability; predictions files have six digits


def applied(probabilities: np.ndarray, temperature: float) -> np.ndarray:
    """Return (n, classes) float64 probabilities at a temperature; below 1 they are more certain."""
    logarithms = np.log(np.clip(probabilities, SMALLEST, 1)) / temperature
    powers = np.exp(logarithms - logarithms.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)
