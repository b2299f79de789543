"""A detector's submission: its detections in whole micrographs, read and scored."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from leaderboard.ground_truth import detection as ground_truth
from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.metrics import sketches
from leaderboard.predictions import detection as predictions
from leaderboard.predictions.detection import Detections
from leaderboard.predictions.signatures import Signature, of_detections
from leaderboard.results.detection import record_fields
from leaderboard.scoring import warnings
from leaderboard.scoring.detection import score_splits
from leaderboard.submission.entries import (
    Entries,
    Files,
    far_apart,
    refuse_copies,
    refuse_like_seeds,
    refuse_near_copies,
)
from leaderboard.tasks import DETECTION

REQUIRED = SPLITS
REQUIREMENT = (
    "both splits for every seed of the card: the confidence from which on a detection counts is "
    "chosen here, on validation"
)


def read(data: str, files: Files) -> Entries:
    """Read and score the detections on test and validation.

    Raises:
      GroundTruthError: no table of these data is shipped.
      SubmissionError: copies instead of seeds.
      PredictionsError: a file.
    """
    truths = {split: ground_truth.read(data, split) for split in SPLITS}
    detections = {split: _read(truths[split], files[split]) for split in SPLITS}
    copies = [
        text
        for split in SPLITS
        for text in refuse_near_copies(
            files[split],
            {seed: _signature(truths[split], d) for seed, d in detections[split].items()},
        )
    ]
    for split in SPLITS:
        by_seed = detections[split].items()
        found = {seed: sketches.of_detections(truths[split], d) for seed, d in by_seed}
        copies += refuse_like_seeds(files[split], found, DETECTION)
    fields = {
        seed: record_fields(
            score_splits(truths, {split: detections[split][seed] for split in SPLITS})
        )
        for seed in files["test"]
    }
    named = [
        (file.name, truths[split], detections[split][seed])
        for split in SPLITS
        for seed, file in files[split].items()
    ]
    f1 = {seed: values["test"]["f1"] for seed, values in fields.items()}
    test = truths["test"]
    return Entries(
        DETECTION,
        test.data,
        test.version,
        test.classes,
        fields,
        [*copies, *warnings.find(named), *far_apart("F1", f1)],
    )


def _read(truth: BoxTruth, files: Mapping[int, Path]) -> dict[int, Detections]:
    by_seed = {seed: predictions.read_for(file, truth) for seed, file in files.items()}
    refuse_copies((files[seed], _content(found)) for seed, found in by_seed.items())
    return by_seed


def _signature(truth: BoxTruth, found: Detections) -> Signature:
    return of_detections(
        found.micrographs, found.labels, found.confidence, found.boxes, len(truth)
    )  # fmt: skip


def _content(detections: Detections) -> bytes:
    """Return the detections as bytes that do not depend on the order of the file's rows."""
    columns = (
        detections.micrographs, detections.labels, detections.confidence, detections.boxes,
    )  # fmt: skip
    rows = np.column_stack(columns)
    return rows[np.lexsort(rows.T)].tobytes()
