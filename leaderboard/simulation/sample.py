"""An invented test set: what seeds of one method predict, and the scores that are true of them."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Sample:
    """One invented test set.

    Attributes:
      scores: (seeds,) by name of the score; residuals: (seeds, micrographs) by name, as
        `metrics.jackknife` gives them.
      networks: by name, the mean over these seeds of the score over all such micrographs; method:
        the same over all seeds that there could be.
    """

    scores: dict[str, NDArray[np.float64]]
    residuals: dict[str, NDArray[np.float64]]
    networks: dict[str, float]
    method: dict[str, float]
