"""95 % intervals of the F1 of every class, by the bootstrap over micrographs of `intervals`."""

import numpy as np
from numpy.typing import NDArray

from leaderboard.metrics import intervals

DRAWS = 1000


def f1_by_class(
    correct: NDArray[np.int64],
    predicted: NDArray[np.int64],
    true: NDArray[np.int64],
    strata: NDArray[np.int64],
    seed: int = 0,
) -> list[tuple[float, float]]:
    """Return the interval of F1 = 2 correct / (predicted + true) of each class.

    A draw without any prediction or example of a class counts as 0.

    Args:
      correct, predicted, true: (micrographs, classes) numbers of correct predictions, of all
        predictions of the class, and of its examples or boxes.
      strata: (micrographs,) within which micrographs are drawn; seed: of the draws.
    """
    weights = intervals.weights(strata, DRAWS, np.random.default_rng(seed))
    hits, total = weights @ correct, weights @ (predicted + true)
    drawn = np.divide(2 * hits, total, out=np.zeros_like(total), where=total > 0)
    return [intervals.ends(of_class) for of_class in drawn.T]


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
