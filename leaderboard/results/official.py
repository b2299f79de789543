"""Scores on the official test patches: one small JSON a network, in `official/` beside the records.

They show how a network that was trained on patches of the mirror does on the patches as published,
cut by others along the centre lines. They are a note below the tables, never a row: a network of
eleven classes is scored on the patches of these eleven, which no score of 14 classes compares with.
"""

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np

from leaderboard.files.atomic import write_bytes
from leaderboard.files.names import reason
from leaderboard.files.plain_file import read_plain
from leaderboard.metrics.classification import scores_of_confusion
from leaderboard.results import condition_bounds
from leaderboard.results.evidence import EXACT
from leaderboard.results.record import Record, RecordError

OF_CLASSES = 14  # of the whole test split


@dataclasses.dataclass(frozen=True)
class OfficialScores:
    """The scores of one network.

    Attributes:
      data, run: those of its record; trained: when the record was written, `Record.created`.
      network: name and sha256 of the file with its weights.
      images: sha256 of the list of all pictures; patches, micrographs: scored ones.
      classes: in label order, those that the network knows.
      scores, intervals, confusion: as `Record.test`, `.intervals` and `.confusion`.
      created: time in UTC.
    """

    data: str
    run: str
    trained: str
    network: dict[str, str]
    images: str
    classes: list[str]
    patches: int
    micrographs: int
    scores: dict[str, float]
    intervals: dict[str, list[float]]
    confusion: list[list[int]]
    created: str


def path(root: Path, record: Record) -> Path:
    """Return where the scores of a record's network belong; root: of the records."""
    return root.parent / "official" / record.config / f"{record.run}.json"


def write(file: Path, scores: OfficialScores) -> None:
    """Write them; raises `OSError` where the folder cannot be written to."""
    text = json.dumps(dataclasses.asdict(scores), indent=1, allow_nan=False)
    write_bytes(file, f"{text}\n".encode())


def read(file: Path) -> OfficialScores:
    """Read the scores of one network.

    Raises:
      RecordError: broken JSON, a wrong field, or scores that its confusion matrix does not give.
    """
    remedy = "Restore it from version control, or delete it and score the network again."
    try:
        scores = msgspec.json.decode(read_plain(file), type=OfficialScores)
        counts = np.array(scores.confusion)
        if counts.shape != (len(scores.classes),) * 2 or counts.sum() != scores.patches:
            raise ValueError(f"a confusion matrix {counts.shape} of {counts.sum()} patches")
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise RecordError(
            f"{file}: cannot be read ({reason(error)}), expected the scores of one "
            f"network on the official patches. {remedy}"
        ) from error
    for name, value in scores_of_confusion(counts).items():
        if abs(float(value) - scores.scores.get(name, -1)) > EXACT:
            raise RecordError(
                f"{file}: {name} is {scores.scores.get(name)}, but its confusion matrix gives "
                f"{float(value):.6f}; expected the same. {remedy}"
            )
    intervals = condition_bounds.intervals_of("test", scores.scores, scores.intervals)
    for fault in (*intervals, *condition_bounds.created_and_notes(scores.created, "")):
        raise RecordError(f"{file}: {fault}. {remedy}")
    return scores


def of_records(root: Path, records: Iterable[Record]) -> list[tuple[Record, OfficialScores]]:
    """Return records with their scores, of those that have some.

    Scores of an earlier training of the same name are left out.

    Raises:
      RecordError: a file cannot be used.
    """
    files = ((record, path(root, record)) for record in records if record.status == "finished")
    found = ((record, read(file)) for record, file in files if file.exists())
    return [(record, scores) for record, scores in found if scores.trained == record.created]
