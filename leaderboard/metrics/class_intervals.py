"""95 % intervals of the F1 of every class, by the jackknife over micrographs."""

import numpy as np
from numpy.typing import NDArray

from leaderboard.metrics import intervals, jackknife


def f1_by_class(
    correct: NDArray[np.int64],
    predicted: NDArray[np.int64],
    true: NDArray[np.int64],
    strata: NDArray[np.int64],
) -> list[tuple[float, float]]:
    """Return the interval of F1 = 2 correct / (predicted + true) of each class.

    Args:
      correct, predicted, true: (micrographs, classes) numbers of correct predictions, of all
        predictions of the class, and of its examples or boxes.
      strata: (micrographs,) class of each, within which they are left out.
    """

    def f1(weights: NDArray[np.float64]) -> NDArray[np.float64]:
        hits, total = weights @ correct, weights @ (predicted + true)
        return np.divide(2 * hits, total, out=np.zeros_like(total), where=total > 0)

    scores = f1(np.ones(len(strata)))
    residuals = jackknife.residuals(f1(jackknife.weights(strata)).T, strata)
    numbers = ((predicted + true) > 0).sum(axis=0)  # of micrographs with any
    return [
        intervals.interval(
            float(score), intervals.of_micrographs(of_class), max(int(number), 1),
            intervals.FRACTION,
        )
        for score, of_class, number in zip(scores, residuals, numbers, strict=True)
    ]  # fmt: skip


def counts(
    micrographs: NDArray[np.int64], labels: NDArray[np.int64], shape: tuple[int, int]
) -> NDArray[np.int64]:
    """Return how many of each class each micrograph has, (micrographs, classes).

    Args:
      micrographs, labels: (n,) indices; shape: numbers of micrographs and of classes.
    """
    table = np.zeros(shape, np.int64)
    np.add.at(table, (micrographs, labels), 1)
    return table
