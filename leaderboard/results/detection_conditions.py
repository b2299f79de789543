"""Scores of detectors under hard conditions: whole micrographs, four conditions, one level each."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from leaderboard.files.atomic import write_bytes
from leaderboard.files.names import shown
from leaderboard.files.plain_file import read_plain
from leaderboard.ground_truth.conditions import HardCell
from leaderboard.results import condition_bounds
from leaderboard.results.conditions import check_intervals
from leaderboard.results.record import RecordError
from leaderboard.tasks import DETECTION, TASKS

ROUNDED = 1e-5  # how far a kept score may lie from what others give


@dataclasses.dataclass(frozen=True)
class DetectionCell:
    """One cell: scores as in records, at the model's confidence threshold, and their intervals."""

    condition: str
    level: int
    pictures: str
    scores: dict[str, float]
    intervals: dict[str, list[float]]


@dataclasses.dataclass(frozen=True)
class DetectionConditionScores:
    """One detector on all cells; fields as in `ConditionScores`, and its confidence threshold."""

    data: str
    version: str
    micrographs: int
    model: str
    initialization: str
    recipe: str
    seed: int
    provenance: str
    network: dict[str, str] | None
    trained_with: list[str] | None
    confidence: float
    created: str
    notes: str
    cells: list[DetectionCell]

    @property
    def name(self) -> str:
        """Name of its file."""
        return f"{self.model}-{self.initialization}-{self.recipe}-s{self.seed}"


def path(root: Path, scores: DetectionConditionScores) -> Path:
    """Return where the scores belong; root: the folder `hard_conditions`."""
    return root / scores.data.partition("/")[2] / f"{scores.name}.json"


def write(file: Path, scores: DetectionConditionScores) -> None:
    """Write the scores; raises `OSError` where the folder cannot be written to."""
    text = json.dumps(dataclasses.asdict(scores), indent=1, allow_nan=False)
    write_bytes(file, f"{text}\n".encode())


def read_all(root: Path, data: str, cells: Sequence[HardCell]) -> list[DetectionConditionScores]:
    """Return all scores of a config, by name.

    Args:
      root: the folder `hard_conditions`; cells: of the shipped table of the data.

    Raises:
      RecordError: broken JSON, a wrong field, or other cells than the table's.
    """
    return [_read(f, cells) for f in sorted((root / data.partition("/")[2]).glob("*.json"))]


def _read(file: Path, cells: Sequence[HardCell]) -> DetectionConditionScores:
    remedy = "Restore it from version control, or delete it and score again."
    try:
        scores = msgspec.json.decode(read_plain(file), type=DetectionConditionScores)
        for cell in scores.cells:
            check_intervals(cell.condition, cell.level, cell.intervals, cell.intervals)
            if "f1" not in cell.scores:
                raise ValueError(f"{cell.condition} at level {cell.level}: no F1")
            for fault in _faults(cell):
                raise ValueError(f"{cell.condition} at level {cell.level}: {fault}")
        for fault in condition_bounds.created_and_notes(scores.created, scores.notes):
            raise ValueError(fault)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise RecordError(
            f"{file}: cannot be read ({shown(str(error), 200)}), expected the scores of one "
            f"detector under hard conditions. {remedy}"
        ) from error
    found = [(cell.condition, cell.level, cell.pictures) for cell in scores.cells]
    expected = [(*cell.key, cell.pictures) for cell in cells]
    if found != expected:
        raise RecordError(
            f"{file}: its {len(found)} cells are not the {len(expected)} of the table, or of other "
            f"images; expected {', '.join(cell.name for cell in cells)}. {remedy}"
        )
    return scores


def _faults(cell: DetectionCell) -> Iterator[str]:
    """Yield what is wrong with the scores of a cell."""
    fractions = {
        name: cell.scores[name] for name in TASKS[DETECTION].fractions if name in cell.scores
    }
    for name, value in fractions.items():
        if not 0 <= value <= 1:
            yield f"{name}: found {value}, expected a number from 0 to 1"
    if {"precision", "recall", "f1"} <= set(fractions):
        both = fractions["precision"] + fractions["recall"]
        f1 = 2 * fractions["precision"] * fractions["recall"] / both if both else 0.0
        if abs(f1 - fractions["f1"]) > ROUNDED:
            yield f"f1: found {fractions['f1']}, expected {f1:.6f} of precision and recall"
    shown = {name: ends for name, ends in cell.intervals.items() if name in fractions}
    yield from condition_bounds.intervals_of("", fractions, shown)
