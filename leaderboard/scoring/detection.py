"""Scoring one file of detections, from the table of the boxes that are there."""

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.detection import BoxTable
from leaderboard.metrics import average_precision, average_precision_draws, intervals
from leaderboard.metrics.average_precision import AveragePrecision
from leaderboard.metrics.curves import curve
from leaderboard.metrics.matching import NONE, match
from leaderboard.predictions.detection import Detections
from leaderboard.scoring.detection_scores import ClassScores, MicrographScores, Scored, Scores

DRAWS = 1000


def best_confidence(table: BoxTable, found: Detections) -> float:
    """Return the confidence from which on the finds have the highest F1; choose it on validation.

    Takes and raises what `matching.match` does.
    """
    return curve(found.confidence, match(table, found)[0], len(table.boxes)).best_confidence


def score(
    table: BoxTable,
    found: Detections,
    confidence: float,
    with_ap: bool = True,
    ap_draws: int = 0,
) -> Scored:
    """Score the detections of one split.

    Args:
      table: what is right; found: in its micrographs and their order, as `detections.read` returns.
      confidence: from which on a find counts; see `best_confidence`.
      with_ap: compute the average precisions, which takes pycocotools and about a second.
      ap_draws: draws of their bootstrap, which takes seconds for a thousand.

    Raises:
      ValueError: other micrographs than the table's.
    """
    matched = match(table, found)[0]
    counted, right = found.confidence >= confidence, matched != NONE
    ap = average_precision.average_precision(table, found) if with_ap else None
    hits = counted & right
    pictures, labels = found.micrographs, found.labels
    by_micrograph = _counts(table.micrographs, pictures[counted], pictures[hits], len(table))
    by_class = _counts(table.labels, labels[counted], labels[hits], len(table.classes))
    weights = intervals.weights(table.strata, DRAWS, np.random.default_rng(0))
    drawn = _of_counts(by_micrograph, weights)
    if ap_draws:
        drawn |= average_precision_draws.draws(table, found, weights[:ap_draws])
    whole = _of_counts(by_micrograph, np.ones((1, len(table))))
    return Scored(
        scores=Scores(
            **{name: float(value[0]) for name, value in whole.items()},
            ap50=_mean(ap.ap50) if ap else None,
            ap50_95=_mean(ap.ap50_95) if ap else None,
        ),
        confidence=confidence,
        curve=curve(found.confidence, matched, len(table.boxes)),
        draws=drawn,
        classes=_classes(table, by_class, ap),
        micrographs=_micrographs(table, by_micrograph),
        matched=matched,
    )


def _counts(
    there: NDArray[np.int64], found: NDArray[np.int64], right: NDArray[np.int64], number: int
) -> NDArray[np.float64]:
    """Count boxes, finds and right finds by what each belongs to, (number, 3)."""
    parts = (np.bincount(each, minlength=number) for each in (there, found, right))
    return np.stack(list(parts), axis=1).astype(np.float64)


def _of_counts(
    counts: NDArray[np.float64], weights: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return the scores at a confidence where micrographs count as often as `weights` says.

    Args:
      counts: (micrographs, 3) boxes, finds and right finds; weights: (draws, micrographs).
    """
    boxes, found, right = np.moveaxis(weights @ counts, 1, 0)
    excess = counts[:, 1] - counts[:, 0]
    number = weights.sum(axis=1)
    return {
        **_ratios(boxes, found, right),
        "count_error": weights @ np.abs(excess) / number,
        "count_bias": weights @ excess / number,
    }


def _ratios(
    boxes: NDArray[np.float64], found: NDArray[np.float64], right: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    pairs = {
        "precision": (right, found),
        "recall": (right, boxes),
        "f1": (2 * right, boxes + found),
    }
    return {
        name: np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
        for name, (part, whole) in pairs.items()
    }


def _classes(
    table: BoxTable, counts: NDArray[np.float64], ap: AveragePrecision | None
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
        for label, name in enumerate(table.classes)
    ]


def _micrographs(table: BoxTable, counts: NDArray[np.float64]) -> list[MicrographScores]:
    rows = zip(table.ids.tolist(), counts.astype(int).tolist(), strict=True)
    found = [MicrographScores(name, *three) for name, three in rows]
    return sorted(found, key=lambda one: (-one.wrong, one.name))


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _mean(values: NDArray[np.float64]) -> float:
    """Return the mean over the classes that have one; 0 where none has."""
    held = values[~np.isnan(values)]
    return float(held.mean()) if len(held) else 0.0
