"""Scores of classifiers under hard conditions: one JSON a training, `hard_conditions/<config>/`."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from leaderboard.files.atomic import write_bytes
from leaderboard.ground_truth.conditions import HardCell
from leaderboard.results import condition_bounds, condition_files
from leaderboard.results.condition_files import FOLDER as FOLDER
from leaderboard.results.condition_files import path as path
from leaderboard.results.condition_scores import ConditionScores as ConditionScores
from leaderboard.scoring.conditions import SHOWN

BOXES = "_boxes"  # ending of the configs of micrographs, see `detection_conditions`


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
    return condition_files.read(file, cells, ConditionScores, _check, "training")


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
        condition_files.check_intervals(cell, cell.intervals, SHOWN)
        if not 0 <= cell.calibration_error <= 1 or not 0 <= (cell.refused or 0) <= 1:
            raise ValueError(
                f"{cell.condition} at level {cell.level}: a share that is not from 0 to 1"
            )
    condition_bounds.check(scores)


def read_all(root: Path, data: str, cells: Sequence[HardCell]) -> list[ConditionScores]:
    """Return all scores of a config, by name.

    Args:
      root: the folder `hard_conditions`.

    Raises:
      RecordError: see `read`; or a file with another name than its scores.
    """
    return condition_files.read_all(root, data, lambda file: read(file, cells))
