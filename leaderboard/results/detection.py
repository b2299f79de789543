"""A detector's records: their scores, and the detections that prove them."""

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from leaderboard.ground_truth import detection as ground_truth
from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.metrics import sketches
from leaderboard.predictions import detection as predictions
from leaderboard.predictions import signatures
from leaderboard.predictions.detection import Detections
from leaderboard.results import evidence
from leaderboard.results import store as records
from leaderboard.results.evidence import Likeness
from leaderboard.results.record import Record
from leaderboard.scoring.detection import Scored, best_confidence, score

Evidence: TypeAlias = evidence.Evidence[BoxTruth, Detections, Scored]


def record_fields(scored: Mapping[str, Scored]) -> dict[str, Any]:
    """Return the fields of a `Record` that hold scores.

    Args:
      scored: by split, "test" and "validation", with average precisions.
    """
    test, validation = scored["test"], scored["validation"]
    return {
        "confidence": test.confidence,
        "test": test.scores.known(),
        "validation": validation.scores.known(),
        "intervals": {name: list(ends) for name, ends in test.intervals.items()},
    }


def read_evidence(
    root: Path, group: Sequence[Record], truths: Mapping[str, BoxTruth] | None = None
) -> Evidence | None:
    """Score the detections of the records that are one row; None without ground truth.

    That is so where no table of these data is shipped, and none is given.

    Args:
      root: folder of the records; truths: ground truth by split, instead of what is shipped.

    Raises:
      RecordError: detections are missing or damaged, do not give a record's scores, or another
        confidence than the record's is the best on validation.
    """
    if truths is None:
        truths = shipped(root, group)
    elif sorted(truths["test"].classes) != sorted(group[0].classes):
        return None
    if not truths:
        return None
    on_test = [_scored(root, record, truths["test"]) for record in group]
    on_validation = tuple(_scored(root, record, truths["validation"])[1] for record in group)
    detections, scored = zip(*on_test, strict=True)
    found, deviations = likeness(truths["test"], detections)
    evidence.check_seeds(root, group, found, deviations)
    return evidence.Evidence(truths["test"], detections, scored, on_validation, found, deviations)


def likeness(truth: BoxTruth, detections: Sequence[Detections]) -> Likeness:
    """Return signatures and sketches of the predictions on test of each seed."""
    count = len(truth)
    return (
        tuple(
            signatures.of_detections(d.micrographs, d.labels, d.confidence, d.boxes, count)
            for d in detections
        ),
        tuple(sketches.of_detections(truth, d) for d in detections),
    )


def shipped(root: Path, group: Sequence[Record]) -> dict[str, BoxTruth] | None:
    """Return the shipped ground truth of one row's records by split; None where there is none.

    Raises:
      RecordError: it has another version or other classes.
    """
    (file,) = {evidence.table_of(root, record) for record in group}
    if not file:
        return None
    truths = {split: ground_truth.read(group[0].data, split, file) for split in SPLITS}
    for record in group:
        evidence.check_classes(root, record, truths["test"].classes, in_order=False)
    return truths


def read(root: Path, record: Record, truth: BoxTruth) -> Detections:
    """Read the predictions of a record on the split of its ground truth; raises `RecordError`."""
    with evidence.reading_predictions(records.path(root, record)):
        return predictions.read_for(records.predictions_path(root, record, truth.split), truth)


def _scored(root: Path, record: Record, truth: BoxTruth) -> tuple[Detections, Scored]:
    file = records.predictions_path(root, record, truth.split)
    record_file = records.path(root, record)
    detections = read(root, record, truth)
    confidence = math.nan if record.confidence is None else record.confidence
    scored = score(truth, detections, confidence)
    recorded = (record.test if truth.split == "test" else record.validation) or {}
    scores = {
        f"{name} on {truth.split}": (value, recorded.get(name, math.nan))
        for name, value in scored.scores.known().items()
    }
    if truth.split == "validation":
        best = best_confidence(truth, detections)
        scores["the best confidence on validation"] = best, confidence
    evidence.compare(record_file, file, scores)
    return detections, scored
