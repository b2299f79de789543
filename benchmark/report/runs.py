"""A finished run as its page needs it: the record, and its predictions next to the truth."""

import dataclasses
from pathlib import Path

import numpy as np

from benchmark.classification.data import Data
from benchmark.errors import BenchmarkError
from leaderboard.metrics import classification as metrics
from leaderboard.metrics import details
from leaderboard.metrics.calibration import expected_calibration_error
from leaderboard.predictions import classification as predictions
from leaderboard.results import store as records
from leaderboard.results.store import Record


@dataclasses.dataclass(frozen=True)
class Run:
    """A record with its predictions on the test split.

    Attributes:
      record: of the finished run; ids: n of the test split, in the order of the file.
      labels: int64 (n,), true classes; probabilities: float64 (n, c).
      calibration: expected calibration error by split; validation only where its file is.
    """

    record: Record
    ids: tuple[str, ...]
    labels: np.ndarray
    probabilities: np.ndarray
    calibration: dict[str, float]

    @property
    def predicted(self) -> np.ndarray:
        """Predicted class of each example, int64 (n,)."""
        return self.probabilities.argmax(axis=1)


def files(root: Path, configs: list[str]) -> list[Path]:
    """Return the files of all records, or those of some configs, by path.

    Raises:
      BenchmarkError: there is none.
    """
    folders = [root / config for config in configs] or [root]
    found = sorted({file for folder in folders for file in folder.rglob("*.json")})
    if not found:
        raise BenchmarkError(
            f"{', '.join(map(str, folders))}: found no record; expected <config>/<run>.json. Train "
            "with `python -m benchmark.run`, or name another folder with --records."
        )
    return found


def read_record(root: Path, file: Path) -> Record:
    """Read one record; `RecordError` where it is damaged or lies in the wrong place."""
    record = records.read(file)
    if file != records.path(root, record):
        raise records.RecordError(
            f"{file}: its fields belong into {records.path(root, record)}. Do not rename records; "
            "move it back or correct the field."
        )
    return record


def read(root: Path, record: Record) -> Run:
    """Read the predictions of a finished run.

    Raises:
      PredictionsError: a file is missing or damaged, or gives other scores than the record.
    """
    ids, labels, values = _predictions(root, record, "test")
    calibration = {"test": expected_calibration_error(labels, values)}
    if records.predictions_path(root, record, "validation").exists():
        _, true, given = _predictions(root, record, "validation")
        calibration["validation"] = expected_calibration_error(true, given)
    return Run(record, ids, labels, values, calibration)


def check_ids(root: Path, run: Run, data: Data) -> None:
    """Raise `PredictionsError` where the predictions are not of this very test split."""
    test = data.splits["test"].ids
    if data.content_hash == run.record.content_hash and set(run.ids) != set(map(str, test)):
        raise predictions.PredictionsError(
            f"{records.predictions_path(root, run.record, 'test')}: found {len(run.ids)} ids, "
            f"expected the {len(test)} of the test split. Restore it from version control."
        )


def _predictions(
    root: Path, record: Record, split: str
) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    file = records.predictions_path(root, record, split)
    found = predictions.read_whole(file, record.classes)
    try:
        labels = details.labels_of(found.ids, record.classes)
    except ValueError as error:
        raise predictions.PredictionsError(f"{file}: {error}. Make it anew.") from error
    guess = found.probabilities.argmax(axis=1)
    scores = dataclasses.asdict(metrics.scores(labels, guess, len(record.classes)))
    stated = getattr(record, split)
    if stated and not np.allclose([scores[name] for name in stated], list(stated.values())):
        raise predictions.PredictionsError(
            f"{file}: gives the accuracy {scores['accuracy']:.4f} and macro F1 {scores['f1']:.4f}; "
            f"expected {stated['accuracy']:.4f} and {stated['f1']:.4f}, as the record beside it "
            "says. Restore both from version control."
        )
    return found.ids, labels, found.probabilities
