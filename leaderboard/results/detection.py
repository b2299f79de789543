"""What stands behind a detector's row: the detections of its seeds, scored again from the files."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth import detection_file
from leaderboard.ground_truth.classification import SPLITS
from leaderboard.ground_truth.detection import BoxTable
from leaderboard.metrics import average_precision
from leaderboard.predictions import detection as detections
from leaderboard.predictions.csv_rows import PredictionsError
from leaderboard.predictions.detection import Detections
from leaderboard.results import store as records
from leaderboard.results.record import Record, RecordError
from leaderboard.scoring.detection import best_confidence, score
from leaderboard.scoring.detection_scores import Scored

EXACT = 1e-9  # how far a record's score may lie from that of its detections


@dataclass(frozen=True)
class Evidence:
    """Detections of one row, scored.

    Attributes:
      table: what is right on test; found: on test by each seed, in the row's order; scored: the
        same, scored; validation: those of validation. Without average precisions where pycocotools
        is not installed.
    """

    table: BoxTable
    found: tuple[Detections, ...]
    scored: tuple[Scored, ...]
    validation: tuple[Scored, ...]

    def draws(self, name: str) -> NDArray[np.float64]:
        """Return one score in every draw of the bootstrap, (seeds, draws)."""
        return np.stack([one.draws[name] for one in self.scored])


def of(
    root: Path, group: Sequence[Record], tables: Mapping[str, BoxTable] | None = None
) -> Evidence | None:
    """Score the detections of the records that make one row; None where nobody can.

    That is so where no table of these data, version and classes is shipped, and none is given.

    Args:
      root: folder of the records; tables: what is right, by split.

    Raises:
      RecordError: detections are missing or damaged, do not give a record's scores, or another
        confidence than the record's is the best on validation.
    """
    tables = tables or _shipped(group[0])
    if not tables or sorted(tables["test"].classes) != sorted(group[0].classes):
        return None
    found, scored = zip(*(_scored(root, one, tables["test"]) for one in group), strict=True)
    validation = tuple(_scored(root, one, tables["validation"])[1] for one in group)
    return Evidence(tables["test"], found, scored, validation)


def _shipped(record: Record) -> dict[str, BoxTable] | None:
    file = detection_file.known().get((record.data, record.data_version))
    return {s: detection_file.read(record.data, s, file) for s in SPLITS} if file else None


def _scored(root: Path, record: Record, table: BoxTable) -> tuple[Detections, Scored]:
    file = records.predictions_path(root, record, table.split)
    where = records.path(root, record)
    try:
        found = detections.read(file, table)
    except PredictionsError as error:
        raise RecordError(
            f"{error} They are those of {where}: restore them, or take the record away, too."
        ) from error
    confidence = math.nan if record.confidence is None else record.confidence
    scored = score(table, found, confidence, with_ap=average_precision.is_installed())
    recorded = (record.test if table.split == "test" else record.validation) or {}
    compared = {
        f"{name} on {table.split}": (value, recorded.get(name, math.nan))
        for name, value in scored.scores.known().items()
    }
    if table.split == "validation":
        compared["the best confidence on validation"] = best_confidence(table, found), confidence
    for name, (value, said) in compared.items():
        if not math.isclose(value, said, abs_tol=EXACT):
            raise RecordError(
                f"{where}: {name} is {said:.6f}, but its predictions {file} give {value:.6f}; "
                "expected the same. Restore both from version control, or score them anew: "
                "with python -m leaderboard.submit, or by another run."
            )
    return found, scored
