"""Whether one trial is better than another: paired over patches, by a jackknife of micrographs.

Both trials predict the same patches, and what is hard for one network is mostly hard for another.
So the difference is taken patch by patch. Patches of one micrograph are alike, so whole micrographs
are left out, within each class, as in `leaderboard.metrics.jackknife`. Log loss sees more than
errors do: two recipes with five errors between them may differ in the probability of every patch.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmark.errors import UsageError
from benchmark.search.scores import Rows, calibrated, log_losses, scores
from benchmark.search.trial import Trial
from leaderboard.metrics import intervals, jackknife

SAME = ("content_hash", "classes", "assignment")  # of trials that can be compared
LOSSES = ("log loss", "log loss, calibrated")  # less is better


@dataclass(frozen=True)
class Difference:
    """One score of two trials.

    Attributes:
      score: name; first, second: of the two trials; low, high: 95 % interval of second - first.
    """

    score: str
    first: float
    second: float
    low: float
    high: float

    @property
    def difference(self) -> float:
        """Return second - first."""
        return self.second - self.first

    @property
    def better(self) -> str:
        """Return which trial is better: `first`, `second`, or `undecided`."""
        if self.low <= 0 <= self.high:
            return "undecided"
        return "second" if (self.high < 0) == (self.score in LOSSES) else "first"


def shared_runs(first: Trial, second: Trial) -> list[tuple[int, int]]:
    """Return the pairs of seed and fold that both trials have.

    Raises:
      UsageError: other data or other folds, or no run in common.
    """
    for name in SAME:
        if getattr(first, name) != getattr(second, name):
            kinds = [
                f"{t.folds} folds by {t.groups} {t.folds_name} of {t.data}" for t in (first, second)
            ]
            raise UsageError(
                f"{first.name} and {second.name}: have other patches or folds ({kinds[0]}; "
                f"{kinds[1]}); expected the same {name.replace('_', ' ')}. Compare other trials."
            )
    pairs = [{(run.seed, run.fold) for run in trial.runs} for trial in (first, second)]
    if not pairs[0] & pairs[1]:
        raise UsageError(
            f"{first.name} and {second.name}: found no fold of one seed that both have; expected "
            "at least one. Run the folds of the one with the seeds of the other."
        )
    return sorted(pairs[0] & pairs[1])


def compare(first: Rows, second: Rows, classes: Sequence[str]) -> list[Difference]:
    """Compare the predictions of two trials on the same patches in the same order.

    Args:
      classes: names in label order.

    Returns:
      Log loss, also calibrated where there are two folds, accuracy, macro F1 over the classes that
      have patches, and the recall of each of these.
    """
    labels, sides = first.labels, (first, second)
    names, index = np.unique(first.micrographs, return_inverse=True)
    stratum = np.zeros(len(names), np.int64)
    stratum[index] = labels
    weights = jackknife.weights(stratum)
    totals = [scores(side) for side in sides]

    def difference(score: str, values: Sequence[float], residuals: NDArray) -> Difference:
        half = intervals.half_width(intervals.of_micrographs(residuals))
        change = values[1] - values[0]
        return Difference(score, values[0], values[1], change - half, change + half)

    def of_patches(score: str, values: Sequence[NDArray], chosen: NDArray) -> Difference:
        """Compare the mean of a value of each patch over the chosen patches."""
        count = np.bincount(index, weights=chosen, minlength=len(names))
        change = np.bincount(index, (values[1] - values[0]) * chosen, minlength=len(names))
        means = [float(value[chosen].mean()) for value in values]
        without = (weights @ change) / (weights @ count)
        return difference(score, means, jackknife.residuals(without, stratum))

    every = np.ones(len(labels), bool)
    losses = [log_losses(labels, side.probabilities) for side in sides]
    differences = [of_patches(LOSSES[0], losses, every)]
    tempered = [values for side in sides if (values := calibrated(side)) is not None]
    if len(tempered) == len(sides):
        losses = [log_losses(labels, values) for values in tempered]
        differences.append(of_patches(LOSSES[1], losses, every))
    guesses = [side.probabilities.argmax(axis=1) for side in sides]
    correct = [(guess == labels).astype(np.float64) for guess in guesses]
    differences.append(of_patches("accuracy", correct, every))
    present = np.unique(labels)
    of_sides = [
        jackknife.of_predictions(labels, guess, first.micrographs.tolist(), len(classes))["f1"]
        for guess in guesses
    ]
    change = (of_sides[1] - of_sides[0]) * len(classes) / len(present)
    differences.append(difference("macro F1", [side["f1"] for side in totals], change))
    differences += [
        of_patches(f"recall of {classes[label]}", correct, labels == label) for label in present
    ]
    return differences
