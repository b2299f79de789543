"""All scores of one file of detections against the ground-truth boxes."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.configs import FILAMENTS
from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.metrics import average_precision, froc, intervals, jackknife
from leaderboard.metrics.average_precision import AveragePrecision
from leaderboard.metrics.curves import Curve, curve
from leaderboard.metrics.matching import NONE, OVERLAP, match
from leaderboard.predictions.detection import Detections

COMPANIONS = {  # titles of `Scored.companions`
    **{f"recall_at_{rate:g}": f"recall at {rate:g} false positive{'' if rate == 1 else 's'} a "
       "micrograph" for rate in froc.RATES},
    "ap50_round": "AP50 without filaments",
}  # fmt: skip


@dataclass(frozen=True)
class Scores:
    """Scores of one split; 0 / 0 counts as 0.

    Attributes:
      precision, recall, f1: of the detections of all classes together, from the confidence
        threshold on, at IoU 0.5.
      ap50, ap50_95: mean over the classes, over all confidences; None if they were not computed.
      count_error: mean over the micrographs of the number of particles detected too many or too
        few; count_bias: the same with its sign, positive where too many.
    """

    precision: float
    recall: float
    f1: float
    ap50: float | None
    ap50_95: float | None
    count_error: float
    count_bias: float

    def known(self) -> dict[str, float]:
        """Return those that are known, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class ClassScores:
    """Scores of one class, as `Scores` has them; AP is None without a box, or not computed."""

    name: str
    boxes: int
    precision: float
    recall: float
    f1: float
    ap50: float | None
    ap50_95: float | None


@dataclass(frozen=True)
class MicrographScores:
    """One micrograph: its boxes, its detections from the threshold on, and the correct of these."""

    name: str
    boxes: int
    detections: int
    correct: int

    @property
    def errors(self) -> int:
        """Number of missed boxes and false positives."""
        return self.boxes + self.detections - 2 * self.correct


@dataclass(frozen=True)
class Scored:
    """One split, scored.

    Attributes:
      scores: from `confidence` on; curve: over all confidences.
      residuals: how much each micrograph moves each known score, (micrographs,) by field of
        `scores`, see `metrics.jackknife`; those of two models are pairs.
      classes: in the table's order; micrographs: the one with most errors first.
      matched: (m,) index of the box that each detection is matched with, `matching.NONE` for a
        false positive, those below the confidence among them.
      companions: scores that no record holds, by the names of `COMPANIONS`: the recall at a number
        of false positives, over all confidences, which boxes that are missing hardly lower; and
        AP50 over the classes that are no filaments, where there are both kinds.
    """

    scores: Scores
    confidence: float
    curve: Curve
    residuals: dict[str, NDArray[np.float64]]
    classes: list[ClassScores]
    micrographs: list[MicrographScores]
    matched: NDArray[np.int64]
    companions: dict[str, float]

    @property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """The 95 % interval of each score."""
        return intervals.of_residuals(self.scores.known(), self.residuals)

    @property
    def worst_class(self) -> ClassScores:
        """The class with the lowest F1, the first of equals."""
        return min(self.classes, key=lambda scores: scores.f1)


def best_confidence(truth: BoxTruth, detections: Detections) -> float:
    """Return the confidence threshold of the highest F1; choose it on validation.

    Takes and raises what `matching.match` does.
    """
    matched = match(truth, detections)[0]
    return curve(detections.confidence, matched, len(truth.boxes)).best_confidence


def score_splits(
    truths: Mapping[str, BoxTruth], detections: Mapping[str, Detections]
) -> dict[str, Scored]:
    """Score test and validation, both from the threshold on that is the best on validation.

    Args:
      truths, detections: by split, "test" and "validation".

    Raises:
      ValueError: other micrographs than the table's.
    """
    confidence = best_confidence(truths["validation"], detections["validation"])
    return {
        split: score(truths[split], detections[split], confidence)
        for split in ("test", "validation")
    }


def score(
    truth: BoxTruth,
    detections: Detections,
    confidence: float,
    with_ap: bool = True,
) -> Scored:
    """Score the detections of one split.

    Args:
      truth: the boxes; detections: in its micrographs and their order.
      confidence: threshold from which on a detection counts; see `best_confidence`.
      with_ap: compute the average precisions, too, which takes about a second.

    Raises:
      ValueError: other micrographs than the table's.
    """
    levels = average_precision.IOU_THRESHOLDS if with_ap else (OVERLAP,)
    matches = match(truth, detections, levels)
    matched = matches[0]
    is_counted = detections.confidence >= confidence
    is_correct = is_counted & (matched != NONE)
    ap = None
    if with_ap:
        ap = average_precision.average_precision(truth, detections, matches != NONE)
    by_micrograph = _counts(
        truth.micrographs,
        detections.micrographs[is_counted],
        detections.micrographs[is_correct],
        len(truth),
    )
    by_class = _counts(
        truth.labels,
        detections.labels[is_counted],
        detections.labels[is_correct],
        len(truth.classes),
    )
    without = weighted_scores(by_micrograph, jackknife.weights(truth.strata))
    if with_ap:
        without |= average_precision.without_each(truth, detections, matches != NONE)
    unweighted = weighted_scores(by_micrograph, np.ones((1, len(truth))))
    return Scored(
        scores=Scores(
            **{name: float(value[0]) for name, value in unweighted.items()},
            ap50=_mean(ap.ap50) if ap else None,
            ap50_95=_mean(ap.ap50_95) if ap else None,
        ),
        confidence=confidence,
        curve=curve(detections.confidence, matched, len(truth.boxes)),
        residuals={
            name: jackknife.residuals(values, truth.strata) for name, values in without.items()
        },
        classes=_class_scores(truth, by_class, ap),
        micrographs=_micrograph_scores(truth, by_micrograph),
        matched=matched,
        companions=_companions(truth, detections, matched, ap),
    )


def _companions(
    truth: BoxTruth,
    detections: Detections,
    matched: NDArray[np.int64],
    ap: AveragePrecision | None,
) -> dict[str, float]:
    recalls = froc.recall_at(detections.confidence, matched, len(truth.boxes), len(truth))
    found = {f"recall_at_{rate:g}": recall for rate, recall in recalls.items()}
    is_round = np.array([name not in FILAMENTS for name in truth.classes])
    if ap and is_round.any() and not is_round.all():
        found["ap50_round"] = _mean(ap.ap50[is_round])
    return found


def _counts(
    boxes: NDArray[np.int64],
    detections: NDArray[np.int64],
    correct: NDArray[np.int64],
    groups: int,
) -> NDArray[np.float64]:
    """Count boxes, detections and correct detections of each group, (groups, 3).

    Args:
      boxes, detections, correct: the group of each, its micrograph or its class.
    """
    counts = [np.bincount(part, minlength=groups) for part in (boxes, detections, correct)]
    return np.stack(counts, axis=1).astype(np.float64)


def weighted_scores(
    counts: NDArray[np.float64], weights: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return the scores at a threshold where each micrograph counts `weights` times, (n,).

    Args:
      counts: (micrographs, 3), as `_counts` returns them; weights: (n, micrographs).
    """
    boxes, detections, correct = np.moveaxis(weights @ counts, 1, 0)
    excess = counts[:, 1] - counts[:, 0]
    number = weights.sum(axis=1)
    return {
        **_ratios(boxes, detections, correct),
        "count_error": weights @ np.abs(excess) / number,
        "count_bias": weights @ excess / number,
    }


def _ratios(
    boxes: NDArray[np.float64], detections: NDArray[np.float64], correct: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    fractions = {
        "precision": (correct, detections),
        "recall": (correct, boxes),
        "f1": (2 * correct, boxes + detections),
    }
    return {
        name: np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
        for name, (part, whole) in fractions.items()
    }


def _class_scores(
    truth: BoxTruth, counts: NDArray[np.float64], ap: AveragePrecision | None
) -> list[ClassScores]:
    ratios = _ratios(*counts.T)
    return [
        ClassScores(
            name,
            int(counts[label, 0]),
            **{score: float(values[label]) for score, values in ratios.items()},
            ap50=_known(ap.ap50[label]) if ap else None,
            ap50_95=_known(ap.ap50_95[label]) if ap else None,
        )
        for label, name in enumerate(truth.classes)
    ]


def _micrograph_scores(truth: BoxTruth, counts: NDArray[np.float64]) -> list[MicrographScores]:
    rows = zip(truth.ids.tolist(), counts.astype(int).tolist(), strict=True)
    scores = [MicrographScores(name, *numbers) for name, numbers in rows]
    return sorted(scores, key=lambda scores: (-scores.errors, scores.name))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _mean(values: NDArray[np.float64]) -> float:
    """Return the mean over the classes that have a value; 0 where none has."""
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else 0.0
