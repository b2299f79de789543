"""A classifier's records: their scores, and the predictions that prove them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth import classification as ground_truth
from leaderboard.ground_truth.classification import UNKNOWN, PatchTruth
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.metrics import sketches
from leaderboard.predictions import classification as predictions
from leaderboard.predictions import signatures
from leaderboard.results import evidence
from leaderboard.results import store as records
from leaderboard.results.evidence import Likeness
from leaderboard.results.record import Record, RecordError
from leaderboard.scoring.classification import Scored, score

Probabilities: TypeAlias = NDArray[np.float64]
Evidence: TypeAlias = evidence.Evidence[PatchTruth, Probabilities, Scored]


def record_fields(scored: Mapping[str, Scored]) -> dict[str, Any]:
    """Return the fields of a `Record` that hold scores.

    Args:
      scored: by split, "test" and, where it is known, "validation".
    """
    test, validation = scored["test"], scored.get("validation")
    return {
        "test": asdict(test.scores),
        "validation": asdict(validation.scores) if validation else None,
        "intervals": {name: list(ends) for name, ends in test.intervals.items()},
        "confusion": test.confusion.tolist(),
    }


def read_evidence(
    root: Path, group: Sequence[Record], truths: Mapping[str, PatchTruth] | None = None
) -> Evidence | None:
    """Score the predictions of the records that are one row; None without ground truth.

    That is so where no table of these data is shipped, and none is given.

    Args:
      root: folder of the records; truths: ground truth by split, instead of what is shipped.

    Raises:
      RecordError: predictions are missing or damaged, do not give a record's scores, or are those
        of another seed; or the table that is shipped has another version or other classes.
    """
    if truths is None:
        truths = shipped(root, group)
    elif list(truths["test"].classes) != group[0].classes:
        return None
    if not truths:
        return None
    for record in group:
        _check_validation(root, record, group)
    on_test = [_scored(root, record, truths["test"], record.test) for record in group]
    on_validation = [
        _scored(root, record, truths["validation"], record.validation)[1]
        for record in group
        if record.validation
    ]
    probabilities, scored = zip(*on_test, strict=True)
    found, deviations = likeness(truths["test"], probabilities)
    evidence.check_seeds(root, group, found, deviations)
    return evidence.Evidence(
        truths["test"], probabilities, scored, tuple(on_validation), found, deviations
    )


def _check_validation(root: Path, record: Record, group: Sequence[Record]) -> None:
    """Refuse a record without scores on validation where it has predictions, or other seeds do.

    The mean of a row would leave that seed out unseen.
    """
    if record.validation:
        return
    file = records.predictions_path(root, record, "validation")
    others = [one.seed for one in group if one.validation]
    if file.exists() or others:
        reason = f"{file} is there" if file.exists() else f"seed {others[0]} has them"
        raise RecordError(
            f"{records.path(root, record)}: validation: found none, but {reason}; expected scores "
            "on validation of all seeds of a row, or of none. Restore them from version control, "
            "or score again: python -m leaderboard.submit, or by another run."
        )


def likeness(truth: PatchTruth, probabilities: Sequence[Probabilities]) -> Likeness:
    """Return signatures and sketches of the predictions on test of each seed."""
    return (
        tuple(signatures.of_probabilities(values) for values in probabilities),
        tuple(sketches.of_probabilities(values, truth.labels) for values in probabilities),
    )


def shipped(root: Path, group: Sequence[Record]) -> dict[str, PatchTruth] | None:
    """Return the shipped ground truth of one row's records by split; None where there is none.

    Raises:
      RecordError: it has another version or other classes.
    """
    (file,) = {evidence.table_of(root, record) for record in group}
    if not file:
        return None
    truths = {split: ground_truth.read(group[0].data, split, file) for split in SPLITS}
    if any((truth.labels == UNKNOWN).any() for truth in truths.values()):
        return None  # a record of all classes: the table knows some of them as unknown ones
    for record in group:
        evidence.check_classes(root, record, truths["test"].classes, in_order=True)
    return truths


def read(root: Path, record: Record, truth: PatchTruth) -> Probabilities:
    """Read the predictions of a record on the split of its ground truth; raises `RecordError`."""
    file = records.predictions_path(root, record, truth.split)
    with evidence.reading_predictions(records.path(root, record)):
        return predictions.read(file, truth.ids.tolist(), truth.classes)


def _scored(
    root: Path, record: Record, truth: PatchTruth, recorded: dict[str, float] | None
) -> tuple[Probabilities, Scored]:
    file, record_file = (
        records.predictions_path(root, record, truth.split),
        records.path(root, record),
    )
    probabilities = read(root, record, truth)
    scored = score(truth, probabilities)
    scores = {
        f"{name} on {truth.split}": (value, (recorded or {})[name])
        for name, value in asdict(scored.scores).items()
    }
    evidence.compare(record_file, file, scores)
    if truth.split == "test" and record.confusion not in (None, scored.confusion.tolist()):
        raise RecordError(
            f"{record_file}: confusion is not that of its predictions {file}; expected the same "
            "counts. Restore both from version control."
        )
    return probabilities, scored
