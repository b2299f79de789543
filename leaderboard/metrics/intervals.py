"""95 % intervals of the scores, by a clustered and stratified bootstrap over micrographs.

Why not over patches: patches of one micrograph share its focus, stain and background, so they are
mostly correct or incorrect together. The unit that was sampled is the micrograph. A bootstrap over
patches would treat them as independent, and its intervals would be far too narrow: most errors of
the published models come from a few bad micrographs. So whole micrographs (clusters) are drawn,
each with all its patches (Davison & Hinkley 1997; Field & Welsh 2007).

Why within each class: the splits were made class by class, so every test set holds every class. A
draw over all micrographs could lose a class, which would count as 0 in the macro scores.

How: one confusion matrix per micrograph is counted once. A draw is a vector of weights, how often
each micrograph was drawn; its scores are those of the weighted sum of the matrices. All draws are
one matrix product.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leaderboard.metrics.classification import checked_labels, scores_of_confusion

LEVELS = (2.5, 97.5)  # per cent


def bootstrap(
    labels: ArrayLike,
    predicted: ArrayLike,
    micrographs: Sequence[str],
    classes: int,
    draws: int = 1000,
    seed: int = 0,
) -> dict[str, tuple[float, float]]:
    """Return a 95 % percentile interval for each score.

    Takes and raises what `samples` does; returns for each field of `metrics.Scores` its lower and
    upper end.
    """
    drawn = samples(labels, predicted, micrographs, classes, draws, seed)
    return {name: ends(values) for name, values in drawn.items()}


def ends(drawn: NDArray[np.float64]) -> tuple[float, float]:
    """Return the 95 % percentile interval of a bootstrap's draws (draws,)."""
    low, high = np.percentile(drawn, LEVELS)
    return float(low), float(high)


def samples(
    labels: ArrayLike,
    predicted: ArrayLike,
    micrographs: Sequence[str],
    classes: int,
    draws: int = 1000,
    seed: int = 0,
) -> dict[str, NDArray[np.float64]]:
    """Return each score in every draw of the bootstrap.

    Every draw takes, within each class, as many micrographs as there are, with replacement. A class
    with one micrograph contributes no spread: its interval is too narrow. The draws depend on
    labels, micrographs and seed alone, so the draws of two models are pairs.

    Args:
      labels: true classes, integers (n,) in [0, classes).
      predicted: predicted classes, integers (n,) in [0, classes).
      micrographs: name of the micrograph each example was cut from, n of them.
      classes: number of classes of the data config.
      draws: number of bootstrap draws; memory is draws x classes x classes float64.
      seed: of the draws; the same input and seed give the same scores.

    Returns:
      For each field of `metrics.Scores` an array (draws,).

    Raises:
      ValueError: labels that `metrics.scores` refuses, or a number of micrographs other than n.
    """
    counts = _confusion_by_micrograph(labels, predicted, micrographs, classes)
    drawn = weights(counts.sum(axis=2).argmax(axis=1), draws, np.random.default_rng(seed))
    matrices = (drawn @ counts.reshape(len(counts), -1)).reshape(draws, classes, classes)
    return scores_of_confusion(matrices)


def _confusion_by_micrograph(
    labels: ArrayLike, predicted: ArrayLike, micrographs: Sequence[str], classes: int
) -> NDArray[np.float64]:
    """Return one confusion matrix per micrograph, (micrographs, classes, classes)."""
    true, guess = checked_labels(labels, predicted, classes)
    if len(micrographs) != len(true):
        raise ValueError(
            f"found {len(micrographs)} micrographs for {len(true)} labels, expected one for each"
        )
    names, index = np.unique(np.asarray(micrographs), return_inverse=True)
    cell = (index * classes + true) * classes + guess
    counts = np.bincount(cell, minlength=len(names) * classes * classes)
    return counts.reshape(len(names), classes, classes).astype(np.float64)


def weights(strata: NDArray[np.int64], draws: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return how often each draw takes each micrograph, (draws, micrographs).

    Args:
      strata: (micrographs,) class of each; a draw takes as many of a class as there are.
    """
    counts = np.zeros((draws, len(strata)))
    for stratum in np.unique(strata):
        members = np.flatnonzero(strata == stratum)
        chances = np.full(len(members), 1 / len(members))
        counts[:, members] = rng.multinomial(len(members), chances, size=draws)
    return counts
