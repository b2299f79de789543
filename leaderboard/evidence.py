"""What stands behind a row: the predictions of its seeds, scored again from the files."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard import predictions, records, split_table
from leaderboard.predictions import PredictionsError
from leaderboard.record import Record, RecordError
from leaderboard.scoring import Scored, score
from leaderboard.split_table import SplitTable

EXACT = 1e-9  # how far a record's score may lie from that of its predictions


@dataclass(frozen=True)
class Evidence:
    """The test split of one row, scored.

    Attributes:
      table: what is right; scored: of each seed, in the row's order.
    """

    table: SplitTable
    scored: tuple[Scored, ...]

    def draws(self, name: str) -> NDArray[np.float64]:
        """Return one score in every draw of the bootstrap, (seeds, draws)."""
        return np.stack([one.draws[name] for one in self.scored])


def of(root: Path, group: Sequence[Record]) -> Evidence | None:
    """Score the predictions of the records that make one row; None where nobody can.

    That is so where no table of the data's examples and classes is shipped, or a run left no
    predictions.

    Args:
      root: folder of the records.

    Raises:
      RecordError: predictions are missing or damaged, or do not give a record's scores.
    """
    first = group[0]
    file = split_table.known().get(first.data)
    if not file or file.stem != f"{first.config}-{first.data_version}":
        return None
    if not all(one.predictions or one.submission for one in group):
        return None
    table = split_table.read(first.data, "test", file)
    if list(table.classes) != first.classes:  # of some classes it says that they are unknown
        return None
    return Evidence(table, tuple(_scored(root, one, table) for one in group))


def _scored(root: Path, record: Record, table: SplitTable) -> Scored:
    file = records.predictions_path(root, record, "test")
    try:
        found = score(table, predictions.read(file, table.ids.tolist(), table.classes))
    except PredictionsError as error:
        raise RecordError(f"{error} (predictions of {records.path(root, record)})") from error
    for name, value in asdict(found.scores).items():
        said = (record.test or {})[name]
        if not math.isclose(value, said, abs_tol=EXACT):
            raise RecordError(
                f"{records.path(root, record)}: {name} is {said:.6f}, but its predictions {file} "
                f"give {value:.6f}; expected the same. Restore both from version control, or score "
                "them anew: with python -m leaderboard.submit, or by another run."
            )
    return found
