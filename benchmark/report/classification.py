"""A classifier in the report: its data, their ground truth, and its worst errors as images."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from benchmark.classification.data import Data
from benchmark.report import worst_patches
from benchmark.report.sources import NotHereError
from leaderboard.files.names import is_own
from leaderboard.ground_truth.classification import PatchTruth
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.metrics import details
from leaderboard.predictions import classification as predictions
from leaderboard.predictions.text import PredictionsError
from leaderboard.ranking.rows import Row
from leaderboard.results import store as records
from leaderboard.results.record import Record

COLUMNS = ("f1", "accuracy", "validation", "parameters", "time", "provenance")  # of the overview


def ground_truth(
    record: Record, data: Data | NotHereError, root: Path
) -> Mapping[str, PatchTruth] | None:
    """Return the ground truth of validation and test, from the data or else from the ids.

    Where neither names the micrograph of a patch, each patch counts as a micrograph of its own.

    Args:
      data: those of the run, or why there are none; root: folder of the records.

    Raises:
      PredictionsError: a file is missing or damaged, or its ids name no class.
    """
    if not isinstance(data, NotHereError):
        return {split: _of_data(record, data, split) for split in SPLITS}
    files = {split: records.predictions_path(root, record, split) for split in SPLITS}
    return {
        split: _of_ids(record, split, file)
        for split, file in files.items()
        if split == "test" or getattr(record, split)
    }


def known_values(row: Row, data: Data | NotHereError) -> Row:
    """Return the row without the values that need names of micrographs where there are none."""
    truth = row.evidence.truth if row.evidence else None
    if truth is None or not isinstance(data, NotHereError):
        return row
    if not np.array_equal(truth.micrographs, truth.ids):
        return row
    validation = row.validation_f1 and dataclasses.replace(row.validation_f1, interval=None)
    return dataclasses.replace(row, micrograph_mean=None, validation_f1=validation)


def errors(row: Row, data: Data | NotHereError, weights: Path, folder: Path) -> Any:
    """Return the worst errors for the page, and write their images and saliency maps.

    Args:
      row: of one seed; data: those of the run, or why there are none.
      weights: folder of the checkpoints; folder: of the images.
    """
    return worst_patches.write(row, data, weights, folder)


def _of_data(record: Record, data: Data, split: str) -> PatchTruth:
    patches = data.splits[split]
    ids, micrographs = patches.ids.astype(np.str_), patches.micrographs.astype(np.str_)
    return _truth(record, split, ids, patches.labels.astype(np.int64), micrographs)


def _of_ids(record: Record, split: str, file: Path) -> PatchTruth:
    ids = predictions.read_whole(file, record.classes).ids
    try:
        labels = details.labels_of(ids, record.classes)
    except ValueError as error:
        raise PredictionsError(f"{file}: {error}. Restore it from version control.") from error
    # images of a user's folder may have any name
    micrographs = None if is_own(record.data) else details.micrographs_of(ids)
    return _truth(record, split, np.array(ids, np.str_), labels, np.array(micrographs or ids))


def _truth(
    record: Record, split: str, ids: np.ndarray, labels: np.ndarray, micrographs: np.ndarray
) -> PatchTruth:
    return PatchTruth(
        record.data,
        record.data_version,
        split,
        tuple(record.classes),
        ids,
        labels,
        micrographs,
        np.ones(len(ids), bool),
    )
