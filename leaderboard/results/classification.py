"""A classifier's records: their scores, and the predictions that prove them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth import classification as ground_truth
from leaderboard.ground_truth.classification import PatchTruth
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.predictions import classification as predictions
from leaderboard.results import evidence
from leaderboard.results import store as records
from leaderboard.results.record import Record
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

    That is so where no table of these data, version and classes is shipped, and none is given.

    Args:
      root: folder of the records; truths: ground truth by split, instead of what is shipped.

    Raises:
      RecordError: predictions are missing or damaged, or do not give a record's scores.
    """
    truths = truths or _shipped(group[0])
    # a table that knows some classes as unknown ones has fewer classes than the record
    if not truths or list(truths["test"].classes) != group[0].classes:
        return None
    on_test = [_scored(root, record, truths["test"], record.test) for record in group]
    on_validation = [
        _scored(root, record, truths["validation"], record.validation)[1]
        for record in group
        if record.validation
    ]
    probabilities, scored = zip(*on_test, strict=True)
    return evidence.Evidence(truths["test"], probabilities, scored, tuple(on_validation))


def _shipped(record: Record) -> dict[str, PatchTruth] | None:
    file = ground_truth.known().get((record.data, record.data_version))
    return {s: ground_truth.read(record.data, s, file) for s in SPLITS} if file else None


def _scored(
    root: Path, record: Record, truth: PatchTruth, recorded: dict[str, float] | None
) -> tuple[Probabilities, Scored]:
    file, record_file = (
        records.predictions_path(root, record, truth.split),
        records.path(root, record),
    )
    with evidence.reading_predictions(record_file):
        probabilities = predictions.read(file, truth.ids.tolist(), truth.classes)
    scored = score(truth, probabilities)
    scores = {
        f"{name} on {truth.split}": (value, (recorded or {})[name])
        for name, value in asdict(scored.scores).items()
    }
    evidence.compare(record_file, file, scores)
    return probabilities, scored
