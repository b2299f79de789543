"""What stands behind a row: the predictions of its seeds, scored again from the files."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth import classification as split_table
from leaderboard.ground_truth.classification import SPLITS, SplitTable
from leaderboard.predictions import classification as predictions
from leaderboard.predictions.classification import PredictionsError
from leaderboard.results import store as records
from leaderboard.results.record import Record, RecordError
from leaderboard.scoring.classification import Scored, score

EXACT = 1e-9  # how far a record's score may lie from that of its predictions


@dataclass(frozen=True)
class Evidence:
    """Predictions of one row, scored.

    Attributes:
      table: what is right on test; scored: test of each seed, in the row's order; validation: the
        same of validation, () where a submission gave none.
    """

    table: SplitTable
    scored: tuple[Scored, ...]
    validation: tuple[Scored, ...] = ()

    def draws(self, name: str) -> NDArray[np.float64]:
        """Return one score in every draw of the bootstrap, (seeds, draws)."""
        return np.stack([one.draws[name] for one in self.scored])


def of(root: Path, group: Sequence[Record]) -> Evidence | None:
    """Score the predictions of the records that make one row; None where nobody can.

    That is so where no table of these data, version and classes is shipped.

    Args:
      root: folder of the records.

    Raises:
      RecordError: predictions are missing or damaged, or do not give a record's scores.
    """
    first = group[0]
    file = split_table.known().get((first.data, first.data_version))
    if not file:
        return None
    tables = {split: split_table.read(first.data, split, file) for split in SPLITS}
    table = tables["test"]
    if list(table.classes) != first.classes:  # of some classes it says that they are unknown
        return None
    validation = [
        _scored(root, one, tables["validation"], one.validation) for one in group if one.validation
    ]
    scored = [_scored(root, one, table, one.test) for one in group]
    return Evidence(table, tuple(scored), tuple(validation))


def _scored(
    root: Path, record: Record, table: SplitTable, recorded: dict[str, float] | None
) -> Scored:
    file = records.predictions_path(root, record, table.split)
    try:
        found = score(table, predictions.read(file, table.ids.tolist(), table.classes))
    except PredictionsError as error:
        raise RecordError(
            f"{error} They are those of {records.path(root, record)}: restore them, or take the "
            "record away, too."
        ) from error
    for name, value in asdict(found.scores).items():
        said = (recorded or {})[name]
        if not math.isclose(value, said, abs_tol=EXACT):
            raise RecordError(
                f"{records.path(root, record)}: {name} on {table.split} is {said:.6f}, but its "
                f"predictions {file} "
                f"give {value:.6f}; expected the same. Restore both from version control, or score "
                "them anew: with python -m leaderboard.submit, or by another run."
            )
    return found
