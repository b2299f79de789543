"""How much each micrograph moves a score: the jackknife, stratified by class.

Why micrographs: patches and particles of one micrograph share its focus, stain and background, so
they are mostly correct or incorrect together. The unit that was sampled is the micrograph. Why
within each class: the splits were made class by class, so every test set holds every class.

How: every micrograph is left out once, and the others of its class count m / (m - 1) times. What
this changes, less its mean over the class and scaled by sqrt((m - 1) / m), is the *residual* of the
micrograph. The sum of squares of the residuals is the variance of the score. The residuals of a
mean or difference of scores are the mean or difference of their residuals. So a few hundred numbers
hold all that intervals, seeds and comparisons of rows need, and nothing is drawn (Efron & Stein
1981; Shao & Tu 1995, *The Jackknife and Bootstrap*, section 6.2 on strata).
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leaderboard.metrics.classification import checked_labels, scores_of_counts
from leaderboard.metrics.micrograph_index import numbered

ROUNDING = 1e-12  # a change of a score below this is none; one patch of a thousand changes 1e-7


def weights(strata: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how often each micrograph counts where another is left out.

    Args:
      strata: (micrographs,) class of each.

    Returns:
      (micrographs, micrographs), a row for each that is left out; all 1 in the row of one that is
      alone in its class: without it, there would be no score.
    """
    numbers = _numbers(strata)
    same = strata[:, None] == strata[None, :]
    alone = (numbers == 1)[:, None]
    result = np.where(same & ~alone, (numbers / np.maximum(numbers - 1, 1))[:, None], 1.0)
    np.fill_diagonal(result, np.where(numbers == 1, 1.0, 0.0))
    return result


def residuals(values: NDArray[np.float64], strata: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the residuals of a score, 0 for a micrograph that is alone in its class.

    Args:
      values: (..., micrographs) the score without each micrograph; strata: (micrographs,).
    """
    _, index, counts = np.unique(strata, return_inverse=True, return_counts=True)
    numbers = counts[index]
    of_class = index == np.arange(index.max(initial=0) + 1)[:, None]
    means = (values @ of_class.T) / of_class.sum(axis=1)
    changes = means[..., index] - values
    changes[np.abs(changes) < ROUNDING] = 0  # else a perfect score would have a tiny spread
    return changes * np.sqrt((numbers - 1) / numbers)


def _numbers(strata: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of micrographs in the class of each micrograph, (micrographs,)."""
    _, index, counts = np.unique(strata, return_inverse=True, return_counts=True)
    return counts[index]


def of_predictions(
    labels: ArrayLike, predicted: ArrayLike, micrographs: Sequence[str], classes: int
) -> dict[str, NDArray[np.float64]]:
    """Return the residuals of each field of `metrics.Scores`, by name.

    Args:
      labels: true classes, integers (n,) in [0, classes).
      predicted: predicted classes, integers (n,) in [0, classes).
      micrographs: name of the micrograph each example was cut from, n of them.
      classes: number of classes of the data config.

    Returns:
      (micrographs,) each, in the order of their names: those of two models are pairs.

    Raises:
      ValueError: labels that `metrics.scores` refuses, or a number of micrographs other than n.
    """
    true, guess = checked_labels(labels, predicted, classes)
    if len(micrographs) != len(true):
        raise ValueError(
            f"found {len(micrographs)} micrographs for {len(true)} labels, expected one for each"
        )
    names, index = numbered(micrographs)
    shape = len(names), classes
    is_correct = true == guess
    return of_counts(
        _counted(index[is_correct], true[is_correct], shape),
        _counted(index, guess, shape),
        _counted(index, true, shape),
    )


def of_counts(
    correct: NDArray[np.float64], predicted: NDArray[np.float64], true: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return the same.

    Args:
      correct, predicted, true: (micrographs, classes) numbers of correct predictions, of all
        predictions of the class, and of its examples.
    """
    strata = true.argmax(axis=1)
    left = weights(strata)
    values = scores_of_counts(left @ correct, left @ predicted, left @ true)
    return {name: residuals(without, strata) for name, without in values.items()}


def _counted(
    micrographs: NDArray[np.int64], labels: NDArray[np.int64], shape: tuple[int, int]
) -> NDArray[np.float64]:
    flat = np.bincount(micrographs * shape[1] + labels, minlength=shape[0] * shape[1])
    return flat.reshape(shape).astype(np.float64)
