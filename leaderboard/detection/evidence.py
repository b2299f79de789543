"""What stands behind a detector's row: the detections of its seeds, scored again from the files."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard import records
from leaderboard.detection import average_precision, box_table_file, detections
from leaderboard.detection.box_table import BoxTable
from leaderboard.detection.scores import Scored
from leaderboard.detection.scoring import best_confidence, score
from leaderboard.predictions_csv import PredictionsError
from leaderboard.record import Record, RecordError
from leaderboard.split_table import SPLITS

EXACT = 1e-9  # how far a record's score may lie from that of its detections


@dataclass(frozen=True)
class Evidence:
    """Detections of one row, scored.

    Attributes:
      table: what is right on test; scored: test of each seed, in the row's order; validation: the
        same of validation. Without average precisions where pycocotools is not installed.
    """

    table: BoxTable
    scored: tuple[Scored, ...]
    validation: tuple[Scored, ...]

    def draws(self, name: str) -> NDArray[np.float64]:
        """Return one score in every draw of the bootstrap, (seeds, draws)."""
        return np.stack([one.draws[name] for one in self.scored])


def of(root: Path, group: Sequence[Record]) -> Evidence | None:
    """Score the detections of the records that make one row; None where nobody can.

    That is so where no table of these data, version and classes is shipped.

    Args:
      root: folder of the records.

    Raises:
      RecordError: detections are missing or damaged, do not give a record's scores, or another
        confidence than the record's is the best on validation.
    """
    first = group[0]
    file = box_table_file.known().get((first.data, first.data_version))
    if not file:
        return None
    tables = {split: box_table_file.read(first.data, split, file) for split in SPLITS}
    if sorted(tables["test"].classes) != sorted(first.classes):
        return None
    found = {split: [_scored(root, one, tables[split]) for one in group] for split in SPLITS}
    return Evidence(tables["test"], tuple(found["test"]), tuple(found["validation"]))


def _scored(root: Path, record: Record, table: BoxTable) -> Scored:
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
                "expected the same. Restore both from version control, or score them anew, by "
                "another run."
            )
    return scored
