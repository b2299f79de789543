"""A submission's classifications of patches, read and scored."""

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from leaderboard.ground_truth import classification as split_table
from leaderboard.ground_truth.classification import UNKNOWN, SplitTable, SplitTableError
from leaderboard.predictions import classification as predictions
from leaderboard.results.record_checks import CLASSIFICATION
from leaderboard.scoring.classification import Scored, score
from leaderboard.submission.entries import Entries, Files, far_apart, refuse_twins


def read(data: str, files: Files) -> Entries:
    """Read and score the predictions on test and, if there are any, on validation.

    Raises:
      SplitTableError: no table of these data is shipped, or one of more classes than are known.
      SubmissionError: copies instead of seeds. PredictionsError: a file.
    """
    tables = {split: split_table.read(data, split) for split in files}
    table = tables["test"]
    if (table.labels == UNKNOWN).any():
        raise SplitTableError(
            f"{table.data} has classes that a model cannot know, and no table here; expected "
            "another config. What such predictions give, leaderboard.score says."
        )
    scored = {split: _scored(tables[split], by_seed) for split, by_seed in files.items()}
    test, validation = scored["test"], scored.get("validation", {})
    return Entries(
        CLASSIFICATION,
        table.data,
        table.version,
        table.classes,
        {seed: _fields(one, validation.get(seed)) for seed, one in test.items()},
        _doubts(test, len(table.classes)),
    )


def _scored(table: SplitTable, files: Mapping[int, Path]) -> dict[int, Scored]:
    ids = table.ids.tolist()
    values = {seed: predictions.read(file, ids, table.classes) for seed, file in files.items()}
    refuse_twins((files[seed], np.ascontiguousarray(one).tobytes()) for seed, one in values.items())
    return {seed: score(table, one) for seed, one in values.items()}


def _fields(test: Scored, validation: Scored | None) -> dict[str, Any]:
    return {
        "test": dataclasses.asdict(test.scores),
        "validation": dataclasses.asdict(validation.scores) if validation else None,
        "intervals": {name: list(pair) for name, pair in test.intervals.items()},
        "confusion": test.confusion.tolist(),
    }


def _doubts(test: Mapping[int, Scored], classes: int) -> list[str]:
    f1 = {seed: scored.scores.f1 for seed, scored in test.items()}
    said = [
        f"seed {seed}: macro F1 {value:.3f} is hardly better than guessing. Do its columns stand "
        "in the header's order?"
        for seed, value in f1.items()
        if value < 2 / classes
    ]
    said += far_apart("macro F1", f1)
    if all(math.isclose(one.calibration_error, 1 - one.scores.accuracy) for one in test.values()):
        said.append("all probabilities are 0 or 1: the calibration error says nothing.")
    return said
