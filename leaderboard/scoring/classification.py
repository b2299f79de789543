"""All scores of one file of class probabilities against the ground-truth classes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.classification import UNKNOWN, PatchTruth
from leaderboard.metrics import calibration, details, intervals, jackknife
from leaderboard.metrics import classification as metrics
from leaderboard.metrics.calibration import Reliability
from leaderboard.metrics.classification import Scores
from leaderboard.metrics.details import ClassScores, MicrographScores


@dataclass(frozen=True)
class Scored:
    """One split, scored.

    Attributes:
      scores: of all examples of known classes; residuals: how much each micrograph moves them,
        (micrographs,) by field of `scores`, see `metrics.jackknife`; those of two models are pairs.
      clean: scores of the clean examples alone, those whose field no other split shows; None where
        a class has no clean example. clean_residuals: of these, {} where there is no `clean`;
        clean_examples: their number.
      confusion: counts (classes, classes), rows are the true classes.
      reliability: accuracy by confidence.
      by_micrograph: accuracy if every patch is given the class of its whole micrograph.
      classes: in label order; micrographs: the lowest accuracy first.
      unknown_auroc: area under the ROC curve of recognising unknown classes by a low highest
        probability; None where the table has none.
    """

    scores: Scores
    residuals: dict[str, NDArray[np.float64]]
    clean: Scores | None
    clean_residuals: dict[str, NDArray[np.float64]]
    clean_examples: int
    confusion: NDArray[np.int64]
    reliability: Reliability
    by_micrograph: float
    classes: list[ClassScores]
    micrographs: list[MicrographScores]
    unknown_auroc: float | None

    @property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """The 95 % interval of each score."""
        return intervals.of_residuals(asdict(self.scores), self.residuals)

    @property
    def calibration_error(self) -> float:
        """Expected calibration error, 0 to 1."""
        return self.reliability.error

    @property
    def worst_class(self) -> ClassScores:
        """The class with the lowest F1, the first of equals."""
        return min(self.classes, key=lambda scores: scores.f1)

    @property
    def micrograph_accuracy(self) -> float:
        """Mean over the micrographs of their accuracy, however many patches they have."""
        return float(np.mean([scores.accuracy for scores in self.micrographs]))


def score_splits(
    truths: Mapping[str, PatchTruth], probabilities: Mapping[str, NDArray[np.float64]]
) -> dict[str, Scored]:
    """Score each split by itself; `probabilities` by split, as `score` takes them."""
    return {split: score(truth, probabilities[split]) for split, truth in truths.items()}


def score(truth: PatchTruth, probabilities: NDArray[np.float64]) -> Scored:
    """Score the predictions of one split.

    Args:
      truth: the classes; probabilities: (n, classes) in the table's order, as
        `predictions.read` returns them. The predicted class is the highest, the first of equals.

    Raises:
      ValueError: no example of a known class, or another number of rows than of examples.
    """
    if len(probabilities) != len(truth):
        raise ValueError(f"found {len(probabilities)} rows, expected {len(truth)}")
    is_known = truth.labels != UNKNOWN
    known, values = truth.only(is_known), probabilities[is_known]
    count, predicted = len(truth.classes), values.argmax(axis=1)
    clean, clean_predicted = known.only(known.clean), predicted[known.clean]
    has_clean = len(np.unique(clean.labels)) == count  # an example of every class
    confusion = metrics.confusion(known.labels, predicted, count)
    return Scored(
        scores=scores_of(confusion),
        residuals=_residuals(known, predicted),
        clean=_scores(clean, clean_predicted) if has_clean else None,
        clean_residuals=_residuals(clean, clean_predicted) if has_clean else {},
        clean_examples=len(clean),
        confusion=confusion,
        reliability=calibration.reliability(known.labels, values),
        by_micrograph=details.accuracy_by_micrograph(
            known.labels, values, known.micrographs.tolist()
        ),
        classes=details.per_class(known.labels, predicted, truth.classes),
        micrographs=details.per_micrograph(known.labels, predicted, known.micrographs.tolist()),
        unknown_auroc=None if is_known.all() else unknown_auroc(is_known, probabilities),
    )


def _scores(truth: PatchTruth, predicted: NDArray[np.int64]) -> Scores:
    return scores_of(metrics.confusion(truth.labels, predicted, len(truth.classes)))


def _residuals(truth: PatchTruth, predicted: NDArray[np.int64]) -> dict[str, NDArray[np.float64]]:
    names = truth.micrographs.tolist()
    return jackknife.of_predictions(truth.labels, predicted, names, len(truth.classes))


def scores_of(confusion: NDArray[np.int64]) -> Scores:
    """Return the scores of one confusion matrix, those that `metrics.scores` gives."""
    return Scores(**{name: float(v) for name, v in metrics.scores_of_confusion(confusion).items()})


def unknown_auroc(known: NDArray[np.bool_], probabilities: NDArray[np.float64]) -> float:
    """Return the area under the ROC curve of known against unknown classes, with scikit-learn.

    The score is the highest probability: the baseline of Hendrycks & Gimpel 2017.

    Args:
      known: (n,), both True and False occur; probabilities: (n, classes).

    >>> unknown_auroc(np.array([True, False]), np.array([[0.9, 0.1], [0.5, 0.5]]))
    1.0
    """
    from sklearn.metrics import roc_auc_score  # takes a second, and few configs need it

    return float(roc_auc_score(known, probabilities.max(axis=1)))
