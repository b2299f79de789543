"""Files of scores under hard conditions, whatever the task: their place, and that their cells fit.

They are checked against the shipped table of cells: a file of other images, or with a cell less, is
refused, so that every row of the board is of the same images.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec

from leaderboard.files.listing import files_in
from leaderboard.files.names import reason, shown
from leaderboard.files.plain_file import read_plain
from leaderboard.ground_truth.conditions import HardCell
from leaderboard.results.condition_scores import (
    ConditionScores,
    DetectionCell,
    DetectionConditionScores,
)
from leaderboard.results.record import RecordError
from leaderboard.scoring.conditions import CellScores

FOLDER = "hard_conditions"  # beside that of the records
REMEDY = "Restore it from version control, or delete it and score again."
S = TypeVar("S", ConditionScores, DetectionConditionScores)


def path(root: Path, scores: ConditionScores | DetectionConditionScores) -> Path:
    """Return where the scores belong; root: the folder `hard_conditions`."""
    return _folder(root, scores.data) / f"{scores.name}.json"


def read(
    file: Path, cells: Sequence[HardCell], kind: type[S], check: Callable[[S], None], network: str
) -> S:
    """Read the scores of one training.

    Args:
      cells: of the shipped table of its data.
      kind: dataclass of the scores; check: raises `ValueError` where a value cannot be.
      network: what was trained, for messages.

    Raises:
      RecordError: broken JSON, a wrong field, or other cells than the table's.
    """
    try:
        scores = msgspec.json.decode(read_plain(file), type=kind)
        check(scores)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise RecordError(
            f"{file}: cannot be read ({reason(error)}), expected the scores of one "
            f"{network} under hard conditions. {REMEDY}"
        ) from error
    _check_cells(file, cells, scores.cells)
    return scores


def _check_cells(
    file: Path, cells: Sequence[HardCell], scored: Sequence[CellScores | DetectionCell]
) -> None:
    found = {(cell.condition, cell.level): cell.pictures for cell in scored}
    for cell in cells:
        pictures = found.pop(cell.key, None)
        if pictures != cell.pictures:
            state = "is missing" if pictures is None else f"is of the images {pictures[:12]}"
            raise RecordError(
                f"{file}: {cell.name} {state}; expected the images {cell.short} of the table. "
                f"{REMEDY}"
            )
    if found:
        name, level = next(iter(found))
        raise RecordError(
            f"{file}: found {shown(name)} at level {level}, which the table does not have; "
            f"expected its {len(cells)} cells. {REMEDY}"
        )
    if [(cell.condition, cell.level) for cell in scored] != [cell.key for cell in cells]:
        raise RecordError(
            f"{file}: found its {len(scored)} cells twice or in another order; expected each "
            f"of {', '.join(cell.name for cell in cells)} once. {REMEDY}"
        )


def check_intervals(
    cell: CellScores | DetectionCell, intervals: Mapping[str, Sequence[float]], names: Iterable[str]
) -> None:
    """Raise `ValueError` where an interval is missing, or is not two ends."""
    for name in names:
        if len(intervals.get(name, ())) != 2:
            raise ValueError(f"{cell.condition} at level {cell.level}: no interval of {name}")


def read_all(root: Path, data: str, read_file: Callable[[Path], S]) -> list[S]:
    """Return all scores of a config, by name.

    Args:
      root: the folder `hard_conditions`; read_file: of one training, see `read`.

    Raises:
      RecordError: see `read`; or a file with another name than its scores.
    """
    found = []
    for file in files_in(_folder(root, data), ".json"):
        scores = read_file(file)
        if file != path(root, scores):
            raise RecordError(
                f"{file}: holds the scores of {shown(scores.name)}; expected the file "
                f"{path(root, scores).name}. Rename it."
            )
        found.append(scores)
    return found


def _folder(root: Path, data: str) -> Path:
    return root / data.partition("/")[2]
