"""The four scores of the benchmark, and the confusion matrix they come from.

Source: Matuszewski & Sintorn 2021, Table 2. Macro: the plain mean over *all* classes of the data
config; macro F1 is the mean of the classes' F1. A class that is never predicted, or that has no
example, counts as 0 wherever its score would be 0 / 0.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True)
class Scores:
    """Scores of one split, each from 0 to 1; precision, recall and F1 are macro averages."""

    accuracy: float
    precision: float
    recall: float
    f1: float


def scores(labels: ArrayLike, predicted: ArrayLike, classes: int) -> Scores:
    """Score predicted classes with scikit-learn.

    Args:
      labels: true class of each example, integers (n,) in [0, classes).
      predicted: predicted class of each example, integers (n,) in [0, classes).
      classes: number of classes of the data config, whether or not they all occur.

    Raises:
      ValueError: no examples, lengths that differ, or a class out of range.

    >>> scores([0, 0, 1, 1], [0, 0, 1, 0], classes=2).accuracy
    0.75
    """
    # imported here: it takes a second, and code that only reads predictions does not need it
    from sklearn.metrics import accuracy_score, precision_recall_fscore_support

    true, guess = checked_labels(labels, predicted, classes)
    precision, recall, f1, _ = precision_recall_fscore_support(
        true, guess, labels=range(classes), average="macro", zero_division=0
    )
    accuracy = float(accuracy_score(true, guess))
    return Scores(accuracy, float(precision), float(recall), float(f1))


def confusion(labels: ArrayLike, predicted: ArrayLike, classes: int) -> NDArray[np.int64]:
    """Count examples by true class (rows) and predicted class (columns).

    Takes and raises what `scores` does; returns integers (classes, classes).

    >>> confusion([0, 0, 1, 1], [0, 0, 1, 0], classes=2).tolist()
    [[2, 0], [1, 1]]
    """
    true, guess = checked_labels(labels, predicted, classes)
    counts = np.bincount(true * classes + guess, minlength=classes * classes)
    return counts.reshape(classes, classes)


def scores_of_confusion(matrix: ArrayLike) -> dict[str, NDArray[np.float64]]:
    """Compute the four scores from confusion matrices; equal to `scores`, for many at once.

    Args:
      matrix: counts (..., classes, classes), rows are the true classes.

    Returns:
      For each field of `Scores` an array of shape (...).
    """
    counts = np.asarray(matrix, dtype=np.float64)
    correct = np.diagonal(counts, axis1=-2, axis2=-1)
    return scores_of_counts(correct, counts.sum(axis=-2), counts.sum(axis=-1))


def scores_of_counts(
    correct: NDArray[np.float64], predicted: NDArray[np.float64], true: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return the same.

    Args:
      correct, predicted, true: (..., classes) numbers of correct predictions, of all predictions of
        the class, and of its examples.
    """
    of_class = _of_classes(correct, predicted, true)
    macro = {name: values.mean(axis=-1) for name, values in of_class.items()}
    return {"accuracy": _ratio(correct.sum(axis=-1), true.sum(axis=-1)), **macro}


def of_classes(matrix: ArrayLike) -> dict[str, NDArray[np.float64]]:
    """Compute precision, recall and f1 of every class: takes (..., classes, classes) counts.

    Returns:
      For each of the three an array of shape (..., classes).
    """
    counts = np.asarray(matrix, dtype=np.float64)
    correct = np.diagonal(counts, axis1=-2, axis2=-1)
    return _of_classes(correct, counts.sum(axis=-2), counts.sum(axis=-1))


def _of_classes(
    correct: NDArray[np.float64], predicted: NDArray[np.float64], true: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    return {
        "precision": _ratio(correct, predicted),
        "recall": _ratio(correct, true),
        "f1": _ratio(2 * correct, true + predicted),
    }


def _ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)


def checked_labels(
    labels: ArrayLike, predicted: ArrayLike, classes: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return both as int64 (n,), or raise ValueError that names the wrong one, and the fault."""
    true, guess = np.asarray(labels), np.asarray(predicted)
    for name, array in (("labels", true), ("predicted", guess)):
        if array.ndim != 1 or not array.size or not np.issubdtype(array.dtype, np.integer):
            raise ValueError(
                f"{name}: found {array.dtype} of shape {array.shape}, expected integers of shape "
                "(n,) with n > 0. Give class indices, not probabilities or names."
            )
        if array.min() < 0 or array.max() >= classes:
            raise ValueError(
                f"{name}: found classes {array.min()} to {array.max()}, expected 0 to "
                f"{classes - 1}. Index them by the data config's list of classes."
            )
    if len(true) != len(guess):
        raise ValueError(f"found {len(true)} labels and {len(guess)} predictions, expected as many")
    return true.astype(np.int64), guess.astype(np.int64)
