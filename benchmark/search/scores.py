"""Scores of out-of-fold predictions: log loss, also with a fitted temperature, accuracy, macro F1.

Label smoothing and mixup make a network under-confident, which costs log loss and is repaired by
one temperature. So that trials are not compared by that, log loss is also computed with the
temperature that fits best on the *other* folds: no patch takes part in fitting its own.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmark.classification import temperature
from leaderboard.metrics import classification as metrics


@dataclass(frozen=True)
class Rows:
    """Predictions of patches, of one or several seeds.

    Attributes:
      labels: (n,) int64; micrographs: (n,) str; fold: (n,) int64, that was held out.
      probabilities: (n, classes) float64.
    """

    labels: NDArray[np.int64]
    micrographs: NDArray[np.str_]
    fold: NDArray[np.int64]
    probabilities: NDArray[np.float64]


def log_losses(labels: NDArray[np.int64], probabilities: NDArray[np.float64]) -> NDArray:
    """Return minus the natural logarithm of each true class's probability, (n,) float64."""
    of_label = probabilities[np.arange(len(labels)), labels]
    return -np.log(np.maximum(of_label, temperature.SMALLEST))


def calibrated(rows: Rows) -> NDArray[np.float64] | None:
    """Return probabilities with the temperature of the other folds; None where there is one fold.

    Returns:
      (n, classes) float64.
    """
    folds = np.unique(rows.fold)
    if len(folds) < 2:
        return None
    values = np.empty_like(rows.probabilities)
    for number in folds:
        other, own = rows.fold != number, rows.fold == number
        fitted = temperature.fitted(rows.probabilities[other], rows.labels[other])
        values[own] = temperature.applied(rows.probabilities[own], fitted)
    return values


def scores(rows: Rows) -> dict[str, float]:
    """Return the scores of a trial: all patches of all seeds count alike.

    Returns:
      log_loss; calibrated_log_loss, where there are two folds; accuracy; f1, the mean over the
      classes that have patches; all from the probabilities as they are.
    """
    classes = rows.probabilities.shape[1]
    of_rows = metrics.scores(rows.labels, rows.probabilities.argmax(axis=1), classes)
    with_temperature = calibrated(rows)
    values = {"log_loss": float(log_losses(rows.labels, rows.probabilities).mean())}
    if with_temperature is not None:
        losses = log_losses(rows.labels, with_temperature)
        values["calibrated_log_loss"] = float(losses.mean())
    present = len(np.unique(rows.labels))
    return {**values, "accuracy": of_rows.accuracy, "f1": of_rows.f1 * classes / present}
