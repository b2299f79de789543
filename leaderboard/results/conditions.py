"""Scores under hard conditions: one JSON a training, in `hard_conditions/<config>/`.

They are checked against the shipped table of cells: a file of other images, or with a cell less, is
refused, so that every row of the board is of the same images.
"""

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np

from leaderboard.files.atomic import write_bytes
from leaderboard.files.names import shown
from leaderboard.files.plain_file import read_plain
from leaderboard.ground_truth.conditions import HardCell
from leaderboard.results import condition_bounds
from leaderboard.results.condition_scores import ConditionScores as ConditionScores
from leaderboard.results.record import RecordError
from leaderboard.scoring.conditions import SHOWN

FOLDER = "hard_conditions"  # beside that of the records
BOXES = "_boxes"  # ending of the configs of micrographs, see `detection_conditions`


def path(root: Path, scores: ConditionScores) -> Path:
    """Return where the scores belong; root: the folder `hard_conditions`."""
    return root / scores.data.partition("/")[2] / f"{scores.name}.json"


def text_of(scores: ConditionScores) -> str:
    """Return the text of the file, one line for each field and each cell."""
    fields = dataclasses.asdict(scores)
    cells = fields.pop("cells")
    lines = [f" {json.dumps(name)}: {json.dumps(value)}," for name, value in fields.items()]
    rows = ",\n".join(f"  {json.dumps(cell, allow_nan=False)}" for cell in cells)
    return "{\n" + "\n".join(lines) + f'\n "cells": [\n{rows}\n ]\n}}\n'


def write(file: Path, scores: ConditionScores) -> None:
    """Write the scores; raises `OSError` where the folder cannot be written to."""
    write_bytes(file, text_of(scores).encode())


def read(file: Path, cells: Sequence[HardCell]) -> ConditionScores:
    """Read the scores of one training.

    Args:
      cells: of the shipped table of its data.

    Raises:
      RecordError: broken JSON, a wrong field, or other cells than the table's.
    """
    remedy = "Restore it from version control, or delete it and score again."
    try:
        scores = msgspec.json.decode(read_plain(file), type=ConditionScores)
        _check(scores)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise RecordError(
            f"{file}: cannot be read ({shown(str(error), 200)}), expected the scores of one "
            f"training under hard conditions. {remedy}"
        ) from error
    found = {(cell.condition, cell.level): cell.pictures for cell in scores.cells}
    for cell in cells:
        pictures = found.pop(cell.key, None)
        if pictures != cell.pictures:
            state = "is missing" if pictures is None else f"is of the images {pictures[:12]}"
            raise RecordError(
                f"{file}: {cell.name} {state}; expected the images {cell.short} of the table. "
                f"{remedy}"
            )
    if found:
        name, level = next(iter(found))
        raise RecordError(
            f"{file}: found {shown(name)} at level {level}, which the table does not have; "
            f"expected its {len(cells)} cells. {remedy}"
        )
    return scores


def _check(scores: ConditionScores) -> None:
    size = len(scores.classes)
    if {name: len(v) > 1 for name, v in scores.residuals.items()} != dict.fromkeys(SHOWN, True):
        raise ValueError(f"residuals of {', '.join(scores.residuals) or 'nothing'}")
    for cell in scores.cells:
        counts = np.array(cell.confusion)
        if counts.shape != (size, size) or (counts < 0).any() or counts.sum() != scores.patches:
            raise ValueError(
                f"{cell.condition} at level {cell.level}: a confusion matrix of "
                f"{counts.sum()} patches in {counts.shape}"
            )
        check_intervals(cell.condition, cell.level, cell.intervals, SHOWN)
        if not 0 <= cell.calibration_error <= 1 or not 0 <= (cell.refused or 0) <= 1:
            raise ValueError(
                f"{cell.condition} at level {cell.level}: a share that is not from 0 to 1"
            )
    condition_bounds.check(scores)


def check_intervals(
    condition: str, level: int, intervals: Mapping[str, Sequence[float]], names: Iterable[str]
) -> None:
    """Raise `ValueError` where an interval is missing, or is not two ends."""
    for name in names:
        if len(intervals.get(name, ())) != 2:
            raise ValueError(f"{condition} at level {level}: no interval of {name}")


def read_all(root: Path, data: str, cells: Sequence[HardCell]) -> list[ConditionScores]:
    """Return all scores of a config, by name.

    Args:
      root: the folder `hard_conditions`.

    Raises:
      RecordError: see `read`; or a file with another name than its scores.
    """
    found = []
    for file in sorted((root / data.partition("/")[2]).glob("*.json")):
        scores = read(file, cells)
        if file != path(root, scores):
            raise RecordError(
                f"{file}: holds the scores of {shown(scores.name)}; expected the file "
                f"{path(root, scores).name}. Rename it."
            )
        found.append(scores)
    return found
