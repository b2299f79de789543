"""Records of detectors, with detections that were never a network's."""

import dataclasses
from pathlib import Path

import made_boxes
from sample_records import FINISHED

from benchmark.detection import ground_truth
from benchmark.detection.data import Scenes
from leaderboard.ground_truth import detection as box_truth
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.predictions import detection as detections
from leaderboard.results import store as records
from leaderboard.results.record import Record
from leaderboard.scoring.detection import best_confidence, score

MIRROR = "tem_virus/mirror_11class_boxes"
HISTORY = [
    {"loss": 3.0 - n, "validation_loss": 3.1 - n, "validation_f1": 0.3 * n, "seconds": 9.0}
    for n in range(3)
]


def add(
    root: Path,
    model: str = "finder",
    seed: int = 0,
    right: float = 0.8,
    scenes: Scenes | None = None,
    **fields,
) -> Record:
    """Write a record, and files of detections that find about the share `right` of the boxes.

    They are in the micrographs of the mirror, or in those of `scenes`.
    """
    if scenes:
        tables = {one.split: one for one in ground_truth.tables(scenes)}
        fields.setdefault("content_hash", scenes.content_hash)
    else:
        tables = {split: box_truth.read(MIRROR, split) for split in SPLITS}
    found = {
        split: made_boxes.invented(table, seed + 100 * (split == "test"), right)
        for split, table in tables.items()
    }
    confidence = best_confidence(tables["validation"], found["validation"])
    scored = {split: score(tables[split], found[split], confidence) for split in SPLITS}
    planned = fields.get("recipe_settings", {}).get("epochs", FINISHED.epochs)
    trained = len(fields["history"]) if fields.get("history") else planned
    if fields.get("history"):
        fields.setdefault("seconds", sum(epoch["seconds"] for epoch in fields["history"]))
        fields.setdefault("best_epoch", trained)
    record = dataclasses.replace(
        FINISHED,
        epochs=trained,
        best_epoch=min(2, trained),
        recipe_settings={**FINISHED.recipe_settings, **fields.get("recipe_settings", {})},
        data=tables["test"].data,
        data_version=tables["test"].version,
        task="detection",
        model=model,
        seed=seed,
        classes=list(tables["test"].classes),
        test=scored["test"].scores.known(),
        validation=scored["validation"].scores.known(),
        confidence=confidence,
        intervals={name: list(pair) for name, pair in scored["test"].intervals.items()},
        confusion=None,
    )
    files = {split: records.predictions_path(root, record, split) for split in SPLITS}
    path = files["test"].relative_to(root).as_posix()
    record = dataclasses.replace(record, predictions=path, **fields)
    for split, file in files.items():
        detections.write(file, found[split], tables[split].classes)
    records.write(root, record)
    return record
