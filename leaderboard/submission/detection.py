"""A submission's detections, read and scored."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from leaderboard.ground_truth import detection_file
from leaderboard.ground_truth.classification import SPLITS
from leaderboard.ground_truth.detection import BoxTable
from leaderboard.metrics import average_precision
from leaderboard.predictions import detection as detections
from leaderboard.predictions.detection import Detections
from leaderboard.results import detection_fields
from leaderboard.results.record_checks import DETECTION
from leaderboard.scoring import warnings
from leaderboard.submission.entries import Entries, Files, SubmissionError, far_apart, refuse_twins


def read(data: str, files: Files) -> Entries:
    """Read and score the detections on test and validation.

    Raises:
      SplitTableError: no table of these data is shipped.
      SubmissionError: copies instead of seeds, or pycocotools is not installed.
      PredictionsError: a file.
    """
    if not average_precision.is_installed():
        raise SubmissionError(
            f"{data}: average precision needs pycocotools, which is not installed. Install it with "
            "pip install pycocotools, and submit again."
        )
    tables = {split: detection_file.read(data, split) for split in SPLITS}
    found = {split: _read(tables[split], files[split]) for split in SPLITS}
    table = tables["test"]
    fields = {
        seed: detection_fields.fields(tables, {split: found[split][seed] for split in SPLITS})
        for seed in files["test"]
    }
    named = [
        (file.name, tables[split], found[split][seed])
        for split in SPLITS
        for seed, file in files[split].items()
    ]
    return Entries(
        DETECTION,
        table.data,
        table.version,
        table.classes,
        fields,
        [
            *warnings.of(named),
            *far_apart("F1", {seed: one["test"]["f1"] for seed, one in fields.items()}),
        ],
    )


def _read(table: BoxTable, files: Mapping[int, Path]) -> dict[int, Detections]:
    found = {seed: detections.read(file, table) for seed, file in files.items()}
    refuse_twins((files[seed], _content(one)) for seed, one in found.items())
    return found


def _content(found: Detections) -> bytes:
    """Return what was found, the same in whatever order the file has it."""
    rows = np.column_stack([found.micrographs, found.labels, found.confidence, found.boxes])
    return rows[np.lexsort(rows.T)].tobytes()
