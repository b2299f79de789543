"""A finished and a failed record of a classifier, for tests to write and to change."""

import dataclasses

from leaderboard.results.record import Record

SCORES = {"accuracy": 0.9, "precision": 0.8, "recall": 0.7, "f1": 0.75}
FINISHED = Record(
    data="tem_virus/recropped_14class",  # no ground truth of it is shipped
    data_version="0.9.0",
    content_hash="0123456789abcdef" * 4,
    classes=["Ebola", "Orf"],
    model="custom",
    initialization="scratch",
    recipe="small+epochs=14",
    recipe_settings={"epochs": 14, "image_size": 128, "schedule": [1e-3, None, {"warm": True}]},
    seed=0,
    status="finished",
    provenance="reproduced",
    created="2026-01-31T12:00:00+00:00",
    test=SCORES,
    validation=SCORES,
    intervals={"f1": [0.7, 0.8]},
    parameters_trainable=10,
    parameters_total=12,
    epochs=14,
    best_epoch=11,
    seconds=125.0,
    images_per_second=99.0,
    device="CPU",
    backend="tensorflow",
    versions={"keras": "3.15.1"},
    weights={"file": "a.h5", "sha256": "0" * 64},
    predictions="recropped_14class/custom-scratch-small+epochs=14-s0.test.csv.gz",
)
SUBMITTED: dict[str, object] = {  # with a name as `submission`: what is not known of such a run
    "provenance": "submitted", "content_hash": "", "predictions": None, "weights": None,
    "versions": {}, "parameters_total": None, "best_epoch": None, "images_per_second": None,
    "backend": "",
}  # fmt: skip
FAILED = dataclasses.replace(
    FINISHED, status="failed", error="ValueError: out of memory", test=None
)


def change(**fields: object) -> Record:
    """Return the finished record with other fields."""
    record = dataclasses.replace(FINISHED, predictions=None, **_without(fields, "predictions"))
    own = None if record.submission else f"{record.config}/{record.run}.test.csv.gz"
    return dataclasses.replace(record, predictions=fields.get("predictions", own))


def _without(fields: dict, name: str) -> dict:
    return {key: value for key, value in fields.items() if key != name}


def scored(f1, **fields):
    """Return a finished record of this F1."""
    return change(**{"test": {**FINISHED.test, "f1": f1}, "intervals": None, **fields})
