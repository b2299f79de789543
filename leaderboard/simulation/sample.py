"""An invented test set: what seeds of one method predict, and the scores that are true of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leaderboard.metrics import jackknife
from leaderboard.metrics.classification import scores_of_counts

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Sample:
    """One invented test set.

    Attributes:
      scores: (seeds,) by name of the score; residuals: (seeds, micrographs) by name, as
        `metrics.jackknife` gives them.
      networks: by name, the mean over these seeds of the score over all such micrographs; method:
        the same over all seeds that there could be.
    """

    scores: dict[str, Array]
    residuals: dict[str, Array]
    networks: dict[str, float]
    method: dict[str, float]


def of_counts(
    results: Sequence[tuple[Array, Array]], known: Array, truths: Mapping[str, Array], seeds: int
) -> Sample:
    """Score classifiers.

    Args:
      results: of each seed, correct predictions and all predictions, (micrographs, classes) each.
      known: (micrographs, classes) patches.
      truths: by name of the score, over all such micrographs: of these seeds, then of others.
      seeds: number of these.
    """
    scores = [
        scores_of_counts(correct.sum(axis=0), predicted.sum(axis=0), known.sum(axis=0))
        for correct, predicted in results
    ]
    residuals = [jackknife.of_counts(correct, predicted, known) for correct, predicted in results]
    return Sample(
        {name: np.array([float(one[name]) for one in scores]) for name in scores[0]},
        {name: np.stack([one[name] for one in residuals]) for name in residuals[0]},
        {name: float(values[:seeds].mean()) for name, values in truths.items()},
        {name: float(values[seeds:].mean()) for name, values in truths.items()},
    )
