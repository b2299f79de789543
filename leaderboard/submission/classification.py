"""A classifier's submission: its predictions on patches, read and scored."""

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from leaderboard.ground_truth import classification as ground_truth
from leaderboard.ground_truth.classification import UNKNOWN, PatchTruth
from leaderboard.ground_truth.table_files import GroundTruthError
from leaderboard.metrics import sketches
from leaderboard.predictions import classification as predictions
from leaderboard.predictions.signatures import of_probabilities
from leaderboard.results.classification import Probabilities, record_fields
from leaderboard.scoring import column_order
from leaderboard.scoring.classification import Scored, score_splits
from leaderboard.submission.entries import (
    Entries,
    Files,
    far_apart,
    refuse_copies,
    refuse_like_seeds,
    refuse_near_copies,
)
from leaderboard.tasks import CLASSIFICATION

REQUIRED = ("test",)  # splits
REQUIREMENT = "test for every seed of the card, and on validation for all or none"


def read(data: str, files: Files) -> Entries:
    """Read and score the predictions on test and, if there are any, on validation.

    Raises:
      GroundTruthError: no table of these data is shipped, or one with unknown classes.
      SubmissionError: copies instead of seeds. PredictionsError: a file.
    """
    truths = {split: ground_truth.read(data, split) for split in files}
    test = truths["test"]
    if (test.labels == UNKNOWN).any():
        raise GroundTruthError(
            f"{test.data} has classes that a model cannot know, and no table here; expected "
            "another config. Score such predictions with leaderboard.score."
        )
    probabilities = {split: _read(truths[split], by_seed) for split, by_seed in files.items()}
    copies = [
        text
        for split, by_seed in probabilities.items()
        for text in refuse_near_copies(
            files[split], {seed: of_probabilities(p) for seed, p in by_seed.items()}
        )
    ]
    for split, by_seed in probabilities.items():
        labels = truths[split].labels
        found = {seed: sketches.of_probabilities(p, labels) for seed, p in by_seed.items()}
        orders = {
            seed: column_order.of_probabilities(labels, p, test.classes)
            for seed, p in by_seed.items()
        }
        copies += refuse_like_seeds(files[split], found, CLASSIFICATION, orders)
        copies += [f"{files[split][seed].name}: {text}" for seed, text in orders.items() if text]
    scored = {
        seed: score_splits(truths, {split: probabilities[split][seed] for split in files})
        for seed in files["test"]
    }
    return Entries(
        CLASSIFICATION,
        test.data,
        test.version,
        test.classes,
        {seed: record_fields(splits) for seed, splits in scored.items()},
        [
            *copies,
            *_warnings({seed: one["test"] for seed, one in scored.items()}, len(test.classes)),
        ],
    )


def _read(truth: PatchTruth, files: Mapping[int, Path]) -> dict[int, Probabilities]:
    ids = truth.ids.tolist()
    by_seed = {seed: predictions.read(file, ids, truth.classes) for seed, file in files.items()}
    refuse_copies((files[s], np.ascontiguousarray(p).tobytes()) for s, p in by_seed.items())
    return by_seed


def _warnings(test: Mapping[int, Scored], classes: int) -> list[str]:
    f1 = {seed: scored.scores.f1 for seed, scored in test.items()}
    warnings = [
        f"seed {seed}: macro F1 {value:.3f} is hardly better than guessing. Are its columns in the "
        "order of the header?"
        for seed, value in f1.items()
        if value < 2 / classes
    ]
    warnings += far_apart("macro F1", f1)
    if all(math.isclose(one.calibration_error, 1 - one.scores.accuracy) for one in test.values()):
        warnings.append("all probabilities are 0 or 1: the calibration error says nothing.")
    return warnings
