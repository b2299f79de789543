"""All that one file of predictions says, from the table of what is right."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.classification import UNKNOWN, SplitTable
from leaderboard.metrics import calibration, details, intervals
from leaderboard.metrics import classification as metrics
from leaderboard.metrics.calibration import Reliability
from leaderboard.metrics.classification import Scores
from leaderboard.metrics.details import ClassScores, MicrographScores


@dataclass(frozen=True)
class Scored:
    """One split, scored.

    Attributes:
      scores: of all examples of known classes; draws: the same in every draw of a bootstrap over
        micrographs, (draws,) by field of `scores`; those of two models are pairs.
      clean: of those alone whose field no other split shows, None where a class has none such;
        clean_draws: the same of them, {} where there is no `clean`; clean_examples: how many.
      confusion: counts (classes, classes), rows are the true classes.
      reliability: accuracy by confidence.
      classes: in label order; micrographs: the worst first.
      unknown_auroc: of telling unknown classes by a low highest probability; None without any.
    """

    scores: Scores
    draws: dict[str, NDArray[np.float64]]
    clean: Scores | None
    clean_draws: dict[str, NDArray[np.float64]]
    clean_examples: int
    confusion: NDArray[np.int64]
    reliability: Reliability
    classes: list[ClassScores]
    micrographs: list[MicrographScores]
    unknown_auroc: float | None

    @property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """The 95 % interval of each score."""
        return {name: intervals.ends(drawn) for name, drawn in self.draws.items()}

    @property
    def calibration_error(self) -> float:
        """Expected calibration error, 0 to 1."""
        return self.reliability.error

    @property
    def worst_class(self) -> ClassScores:
        """The class with the lowest F1, the first of equals."""
        return min(self.classes, key=lambda one: one.f1)

    @property
    def micrograph_accuracy(self) -> float:
        """Mean over the micrographs of their accuracy, however many patches they have."""
        return float(np.mean([one.accuracy for one in self.micrographs]))


def score(table: SplitTable, probabilities: NDArray[np.float64]) -> Scored:
    """Score the predictions of one split.

    Args:
      table: what is right; probabilities: (n, classes) in the table's order, as
        `predictions.read` returns them. The predicted class is the highest, the first of equals.

    Raises:
      ValueError: no example of a known class, or another number of rows than of examples.
    """
    if len(probabilities) != len(table):
        raise ValueError(f"found {len(probabilities)} rows, expected {len(table)}")
    known = table.labels != UNKNOWN
    part, values = table.only(known), probabilities[known]
    number, guess = len(table.classes), values.argmax(axis=1)
    clean = part.only(part.clean)
    all_there = len(np.unique(clean.labels)) == number
    counts = metrics.confusion(part.labels, guess, number)
    return Scored(
        scores=scores_of(counts),
        draws=_draws(part, guess),
        clean=_clean_scores(clean, guess[part.clean]) if all_there else None,
        clean_draws=_draws(clean, guess[part.clean]) if all_there else {},
        clean_examples=len(clean),
        confusion=counts,
        reliability=calibration.reliability(part.labels, values),
        classes=details.per_class(part.labels, guess, table.classes),
        micrographs=details.per_micrograph(part.labels, guess, part.micrographs.tolist()),
        unknown_auroc=None if known.all() else unknown_auroc(known, probabilities),
    )


def _clean_scores(table: SplitTable, guess: NDArray[np.int64]) -> Scores:
    return scores_of(metrics.confusion(table.labels, guess, len(table.classes)))


def _draws(table: SplitTable, guess: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    return intervals.samples(table.labels, guess, table.micrographs.tolist(), len(table.classes))


def scores_of(confusion: NDArray[np.int64]) -> Scores:
    """Return the scores of one confusion matrix, those that `metrics.scores` gives."""
    return Scores(**{name: float(v) for name, v in metrics.scores_of_confusion(confusion).items()})


def unknown_auroc(known: NDArray[np.bool_], probabilities: NDArray[np.float64]) -> float:
    """Return the area under the ROC curve of telling known from unknown classes, with scikit-learn.

    The higher the highest probability, the likelier known: the baseline of Hendrycks & Gimpel 2017.

    Args:
      known: (n,), both True and False occur; probabilities: (n, classes).

    >>> unknown_auroc(np.array([True, False]), np.array([[0.9, 0.1], [0.5, 0.5]]))
    1.0
    """
    from sklearn.metrics import roc_auc_score  # takes a second, and few configs need it

    return float(roc_auc_score(known, probabilities.max(axis=1)))
