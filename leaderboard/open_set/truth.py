"""The ground truth of both boards, from shipped tables: classes, rings, micrographs, sessions.

`open_set_14class-1.0.0.csv` is a table of patches; patches of unknown classes and of the far rings
have no label. `sessions-1.0.0.csv` names the session of every micrograph of the mirror, and the
rounds in which no training micrograph is of it.
"""

import dataclasses
import functools
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard.files.names import reason
from leaderboard.files.plain_file import read_csv
from leaderboard.ground_truth import classification, table_files
from leaderboard.ground_truth.classification import UNKNOWN
from leaderboard.open_set import boards

FOLDER = Path(__file__).parents[1] / "ground_truth" / "open_set_tables"
SESSIONS = FOLDER / f"sessions-{boards.VERSION}.csv"
COLUMNS = ("class", "stem", "split", "session", "unseen_in")


@dataclasses.dataclass(frozen=True)
class Truth:
    """The patches that one network predicts.

    Attributes:
      classes: those that the network knows, in label order.
      ids: (n,) str; labels: (n,) int64, index into `classes`, or -1.
      groups: (n,) str, the class or the far ring of each.
      micrographs: (n,) str, `split/group/stem`; a generated picture is its own.
      unseen: (n,) bool, of a session that the network was not trained on, where this is the round.
    """

    classes: tuple[str, ...]
    ids: NDArray[np.str_]
    labels: NDArray[np.int64]
    groups: NDArray[np.str_]
    micrographs: NDArray[np.str_]
    unseen: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def known(self) -> NDArray[np.bool_]:
        """(n,) whether the class is one that the network knows."""
        return self.labels != UNKNOWN


def read(board: str, name: str = "") -> Truth:
    """Return the ground truth of a round of a board; name: as `boards.rounds_of` gives it.

    Raises:
      GroundTruthError: a shipped table cannot be read.
    """
    return _official() if board == boards.OFFICIAL else _mirror(name)


@functools.cache
def _official() -> Truth:
    file = FOLDER / f"{boards.OFFICIAL}-{boards.VERSION}.csv"
    table = classification.read(boards.OFFICIAL, "test", file)
    groups = _groups(table.ids)
    unseen = np.zeros(len(table), np.bool_)
    return Truth(table.classes, table.ids, table.labels, groups, table.micrographs, unseen)


@functools.cache
def _mirror(name: str) -> Truth:
    table = classification.read(boards.DATA, "test")
    known, groups = boards.known_classes(name), _groups(table.ids)
    labels = np.array([known.index(g) if g in known else UNKNOWN for g in groups], np.int64)
    unseen = np.zeros(len(table), np.bool_)
    if name.startswith("sessions-"):
        number = name.partition("-")[2]
        rounds = {(row["class"], row["stem"]): row["unseen_in"].split() for row in session_rows()}
        stems = np.char.rpartition(table.micrographs, "/")[:, 2]
        unseen = np.array(
            [number in rounds[key] for key in zip(groups.tolist(), stems.tolist(), strict=True)]
        )
    return Truth(known, table.ids, labels, groups, table.micrographs, unseen)


def session_rows() -> list[Mapping[str, str]]:
    """Return a row for each micrograph of the mirror, by column of `COLUMNS`.

    Raises:
      GroundTruthError: the table cannot be read.
    """
    try:
        header, *rows = read_csv(SESSIONS)
        if tuple(header) != COLUMNS or not rows:
            raise ValueError(f"found {len(rows)} rows of the columns {header}")
        return [dict(zip(COLUMNS, row, strict=True)) for row in rows]
    except (OSError, ValueError) as error:
        raise table_files.GroundTruthError(
            f"{SESSIONS}: cannot be read ({reason(error)}), expected a CSV table with the columns "
            f"{','.join(COLUMNS)}. Restore it from version control."
        ) from error


def _groups(ids: NDArray[np.str_]) -> NDArray[np.str_]:
    return np.array([name.split("/")[1] for name in ids.tolist()])
