"""The record of a trained detector that is used in another way: nothing is trained, all is scored.

`benchmark.tta` and `benchmark.two_step` make rows of networks that are there. Both choose the
threshold on validation, score validation and test once, and write predictions and record.
"""

import dataclasses
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmark.detection import evaluate, ground_truth
from benchmark.detection.data import Scenes
from benchmark.errors import BenchmarkError
from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.predictions import detection as predictions
from leaderboard.results import store as records
from leaderboard.results.detection import record_fields
from leaderboard.results.record import Record
from leaderboard.scoring import detection as scoring
from tem_virus_dataset.networks.nms import DetectedBoxes


def check_new(root: Path, record: Record) -> None:
    """Refuse what is scored already, and a folder that the scores could not be written to.

    Raises:
      BenchmarkError: the record exists. OSError: the folder takes no file.
    """
    if (place := records.path(root, record)).exists():
        raise BenchmarkError(
            f"{place}: this is scored; expected another record, since test is scored once. Look at "
            "the record."
        )
    place.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=place.parent):
        pass


def scores_of_validation(data: Scenes, detect: Callable[[BoxTruth], list[DetectedBoxes]]) -> str:
    """Return the scores of validation, a line each, at the threshold with the best F1.

    Args:
      detect: from the ground truth of a split to the detections of its micrographs.
    """
    table = ground_truth.table(data, "validation")
    found = evaluate.joined(table, detect(table))
    scored = scoring.score(table, found, scoring.best_confidence(table, found))
    known = scored.scores.known() | scored.companions
    return "\n".join(f"{name:14} {value:.4f}" for name, value in known.items())


def write(
    root: Path,
    record: Record,
    data: Scenes,
    detect: Callable[[BoxTruth], list[DetectedBoxes]],
) -> Path:
    """Detect in validation and test, score both, and write predictions and record.

    Args:
      root: folder of the records; record: of the row, still with other scores.
      detect: from the ground truth of a split to the detections of its micrographs.

    Returns:
      The record's file.
    """
    tables = {split: ground_truth.table(data, split) for split in ("validation", "test")}
    found = {split: evaluate.joined(table, detect(table)) for split, table in tables.items()}
    record = dataclasses.replace(record, **record_fields(scoring.score_splits(tables, found)))
    for split, table in tables.items():
        file = records.predictions_path(root, record, split)
        file.parent.mkdir(parents=True, exist_ok=True)
        predictions.write(file, found[split], data.classes, table.max_detections)
    name = records.predictions_path(root, record, "test").relative_to(root).as_posix()
    return records.write(root, dataclasses.replace(record, predictions=name))
