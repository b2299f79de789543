"""The scores of a classifier on one cell of the hard conditions."""

import dataclasses
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.classification import PatchTruth
from leaderboard.ground_truth.conditions import CLEAN, INVERSION, HardCell
from leaderboard.metrics import classification as metrics
from leaderboard.metrics import intervals, jackknife
from leaderboard.metrics.calibration import expected_calibration_error
from leaderboard.predictions import signatures

SHOWN = ("accuracy", "f1")  # scores with an interval
TURNS = 4  # answers to each patch, in different cells, that tell a copy


@dataclasses.dataclass(frozen=True)
class CellScores:
    """The scores of one cell; all others follow from the confusion matrix.

    Attributes:
      condition, level, pictures: of the cell.
      confusion: (classes, classes) counts, rows are the true classes.
      intervals: 95 % interval of accuracy and f1, over micrographs.
      calibration_error: expected calibration error, 0 to 1.
      refused: share of the images above the model's threshold of novelty; None where it has none.
    """

    condition: str
    level: int
    pictures: str
    confusion: list[list[int]]
    intervals: dict[str, list[float]]
    calibration_error: float
    refused: float | None

    @property
    def scores(self) -> dict[str, float]:
        """The scores by the names of `metrics.Scores`."""
        found = metrics.scores_of_confusion(self.confusion)
        return {name: float(value) for name, value in found.items()}


def score(
    truth: PatchTruth,
    cell: HardCell,
    probabilities: NDArray[np.float64],
    novelty: NDArray[np.float64] | None = None,
) -> CellScores:
    """Score the predictions of one cell.

    Args:
      probabilities: (n, classes), in the order of the table; novelty: (n,), above 1 is refused.
    """
    predicted = probabilities.argmax(axis=1)
    count = len(truth.classes)
    ends = intervals.of_predictions(truth.labels, predicted, truth.micrographs.tolist(), count)
    return CellScores(
        cell.condition,
        cell.level,
        cell.pictures,
        metrics.confusion(truth.labels, predicted, count).tolist(),
        {name: [round(end, 6) for end in ends[name]] for name in SHOWN},
        round(expected_calibration_error(truth.labels, probabilities), 6),
        None if novelty is None else round(float((novelty > 1).mean()), 6),
    )


def signature(
    cells: Sequence[HardCell], probabilities: Sequence[NDArray[np.float64]]
) -> signatures.Signature:
    """Return the signature of a training: of its first classes in all cells in turn but inversion.

    Second classes do not count: of four digits, sharpening leaves nothing of them. Under conditions
    two trainings differ in the first classes, too; four turns make a band of some sixty of them.

    Args:
      probabilities: of each cell, (n, classes).
    """
    chosen = [
        values
        for cell, values in zip(cells, probabilities, strict=True)
        if cell.condition != INVERSION
    ]
    step = max(1, len(chosen) // TURNS)
    turns = [
        signatures.in_turn([*chosen[first:], *chosen[:first]])
        for first in range(0, step * TURNS, step)
    ]
    answers = np.concatenate(turns)
    return signatures.of_probabilities(np.eye(answers.shape[1])[answers.argmax(axis=1)])


def mean_residuals(
    truth: PatchTruth, cells: Sequence[HardCell], probabilities: Sequence[NDArray[np.float64]]
) -> dict[str, list[float]]:
    """Return the residuals of the mean accuracy and macro F1, (micrographs,) each.

    They are the means of those of the cells, over levels and then over conditions, without
    inversion and the clean images. So the interval of a mean knows that one bad micrograph is bad
    in many cells.

    Args:
      probabilities: of each cell, (n, classes).
    """
    names = truth.micrographs.tolist()
    of_levels: dict[str, list[dict[str, NDArray[np.float64]]]] = defaultdict(list)
    for cell, values in zip(cells, probabilities, strict=True):
        if cell.condition not in (CLEAN, INVERSION):
            guess = values.argmax(axis=1)
            found = jackknife.of_predictions(truth.labels, guess, names, len(truth.classes))
            of_levels[cell.condition].append(found)
    means = {
        score: [
            np.mean([level[score] for level in levels], axis=0) for levels in of_levels.values()
        ]
        for score in SHOWN
    }
    return {score: np.mean(values, axis=0).round(8).tolist() for score, values in means.items()}
