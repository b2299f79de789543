"""Scores of detectors under hard conditions: whole micrographs, four conditions, one level each."""

import dataclasses
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from leaderboard.files.atomic import write_bytes
from leaderboard.ground_truth import detection as ground_truth
from leaderboard.ground_truth import table_files
from leaderboard.ground_truth.conditions import HardCell
from leaderboard.results import condition_bounds, condition_files
from leaderboard.results.condition_files import path as path
from leaderboard.results.condition_scores import DetectionCell as DetectionCell
from leaderboard.results.condition_scores import (
    DetectionConditionScores as DetectionConditionScores,
)
from leaderboard.tasks import DETECTION, TASKS

ROUNDED = 1e-5  # how far a kept score may lie from what others give


def write(file: Path, scores: DetectionConditionScores) -> None:
    """Write the scores; raises `OSError` where the folder cannot be written to."""
    text = json.dumps(dataclasses.asdict(scores), indent=1, allow_nan=False)
    write_bytes(file, f"{text}\n".encode())


def read_all(root: Path, data: str, cells: Sequence[HardCell]) -> list[DetectionConditionScores]:
    """Return all scores of a config, the highest F1 without a condition first.

    Args:
      root: the folder `hard_conditions`; cells: of the shipped table of the data.

    Raises:
      RecordError: broken JSON, a wrong field, or other cells than the table's; or a file with
        another name than its scores.
    """
    found = condition_files.read_all(root, data, lambda file: read(file, cells))
    return sorted(found, key=lambda one: (-one.cells[0].scores["f1"], one.name))


def read(file: Path, cells: Sequence[HardCell]) -> DetectionConditionScores:
    """Read the scores of one detector; arguments and errors as of `read_all`."""
    return condition_files.read(file, cells, DetectionConditionScores, _check, "detector")


def _check(scores: DetectionConditionScores) -> None:
    for cell in scores.cells:
        condition_files.check_intervals(cell, cell.intervals, cell.intervals)
        if "f1" not in cell.scores:
            raise ValueError(f"{cell.condition} at level {cell.level}: no F1")
        for fault in _faults(cell):
            raise ValueError(f"{cell.condition} at level {cell.level}: {fault}")
    for fault in (*condition_bounds.of_any(scores), *_identity(scores)):
        raise ValueError(fault)


def _identity(scores: DetectionConditionScores) -> Iterator[str]:
    """Yield what no run of this project has: nobody hands detectors in to this board."""
    if scores.provenance != "reproduced":
        yield f"provenance: found {scores.provenance[:40]!a}, expected reproduced"
    if not 0 <= scores.confidence <= 1:
        yield f"confidence: found {scores.confidence}, expected a number from 0 to 1"
    if any(not re.fullmatch("[a-z0-9_]+", name) for name in scores.trained_with or ()):
        yield "trained_with: expected names of conditions"  # a table may lack some of them
    if table_files.newest(ground_truth.known(), scores.data) is None:
        return
    truth = ground_truth.read(scores.data, "test")
    if (scores.version, scores.micrographs) != (truth.version, len(truth)):
        yield (
            f"version, micrographs: found {scores.version[:40]!a}, {scores.micrographs}; expected "
            f"{truth.version}, {len(truth)}, as in the ground truth"
        )


def _faults(cell: DetectionCell) -> Iterator[str]:
    """Yield what is wrong with the scores of a cell."""
    fractions = {
        name: cell.scores[name] for name in TASKS[DETECTION].fractions if name in cell.scores
    }
    for name, value in fractions.items():
        if not 0 <= value <= 1:
            yield f"{name}: found {value}, expected a number from 0 to 1"
    for name in cell.scores.keys() - fractions.keys():
        if name not in TASKS[DETECTION].counts:
            yield f"{name[:40]!a}: expected scores of detectors alone"
    if {"precision", "recall", "f1"} <= set(fractions):
        both = fractions["precision"] + fractions["recall"]
        f1 = 2 * fractions["precision"] * fractions["recall"] / both if both else 0.0
        if abs(f1 - fractions["f1"]) > ROUNDED:
            yield f"f1: found {fractions['f1']}, expected {f1:.6f} of precision and recall"
    shown = {name: ends for name, ends in cell.intervals.items() if name in fractions}
    yield from condition_bounds.intervals_of("", fractions, shown)
