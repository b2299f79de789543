"""The scores of a classifier on one cell of the hard conditions."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.classification import PatchTruth
from leaderboard.ground_truth.conditions import HardCell
from leaderboard.metrics import classification as metrics
from leaderboard.metrics import intervals
from leaderboard.metrics.calibration import expected_calibration_error

SHOWN = ("accuracy", "f1")  # scores with an interval


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
