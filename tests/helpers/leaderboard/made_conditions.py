"""A board of hard conditions of three small cells, with invented predictions."""

import dataclasses
import functools
from pathlib import Path

import made_submission
import numpy as np

from leaderboard.ground_truth import classification as patch_truth
from leaderboard.ground_truth import conditions as ground_truth
from leaderboard.ground_truth.conditions import HardCell
from leaderboard.predictions import conditions as predictions
from leaderboard.results.conditions import ConditionScores
from leaderboard.scoring import conditions as scoring
from leaderboard.scoring.conditions import CellScores

DATA = made_submission.DATA
CELLS = [
    HardCell("clean", 0, "", "", "a" * 64),
    HardCell("defocus", 1, "0.5", "um", "b" * 64),
    HardCell("defocus", 2, "1", "um", "c" * 64),
    HardCell("gamma", 1, "1.4", "exponent", "d" * 64),
    HardCell("inversion", 1, "", "", "e" * 64),
]
RIGHT = (0.9, 0.8, 0.6, 0.5, 0.1)  # share of each cell


def ship(monkeypatch, folder: Path) -> None:
    """Make these cells those of the shipped table."""
    ground_truth.write(folder, DATA, "1.0.0", CELLS)
    monkeypatch.setattr(ground_truth, "FOLDER", folder)


def truth() -> patch_truth.PatchTruth:
    return patch_truth.read(DATA, "test")


def probabilities(seed: int, right: tuple[float, ...] = RIGHT) -> list[np.ndarray]:
    """Invent predictions of every cell, as a file gives them back."""
    return [
        made_submission.probabilities(truth(), 10 * seed + n, share).round(4)
        for n, share in enumerate(right)
    ]


def scores(seed: int, right: tuple[float, ...] = RIGHT, **changes: object) -> ConditionScores:
    """Return the scores of invented predictions."""
    table = truth()
    made = ConditionScores(
        data=DATA,
        version="1.0.0",
        classes=list(table.classes),
        patches=len(table),
        model="plain_cnn",
        initialization="scratch",
        recipe="brief",
        seed=seed,
        provenance="reproduced",
        network={"file": "a.onnx", "sha256": "f" * 64},
        trained_with=["gamma"],
        created="2026-01-01T00:00:00+00:00",
        notes="",
        cells=list(_scored(seed, right)),
        residuals=scoring.mean_residuals(table, CELLS, probabilities(seed, right)),
    )
    return dataclasses.replace(made, **changes)


@functools.cache
def _scored(seed: int, right: tuple[float, ...]) -> tuple[CellScores, ...]:
    """Score invented predictions, once: every score has its own interval."""
    pairs = zip(CELLS, probabilities(seed, right), strict=True)
    return tuple(scoring.score(truth(), cell, values) for cell, values in pairs)


def write_submission(folder: Path, **card: object) -> Path:
    """Write a submission of three seeds."""
    folder.mkdir(parents=True)
    made_submission.write_card(folder, **card)
    (folder / "conditions.toml").write_text('trained_with = ["gamma"]\n')
    table = truth()
    for seed in (0, 1, 2):
        of_cells = dict(zip(CELLS, probabilities(seed), strict=True))
        predictions.write(
            folder / f"seed{seed}.csv.gz", of_cells, table.ids.tolist(), table.classes
        )
    return folder
