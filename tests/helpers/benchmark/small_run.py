"""A finished run on the small config without a training: a network as it begins, its record."""

import dataclasses
from pathlib import Path

import numpy as np
import small_data

from benchmark.classification import evaluate, recipes
from benchmark.models import checkpoint, registry
from leaderboard.metrics import classification as metrics
from leaderboard.metrics import intervals
from leaderboard.predictions import classification as predictions
from leaderboard.results import store as records
from leaderboard.results.store import Record

HISTORY = [
    {"loss": 1.5, "validation_f1": 0.2, "validation_loss": 1.4, "seconds": 2.0, "images": 24},
    {"loss": 1.1, "validation_f1": 0.5, "validation_loss": 1.0, "seconds": 2.0, "images": 24},
    {"loss": 0.9, "validation_f1": 0.4, "validation_loss": 1.2, "seconds": 2.0, "images": 24},
]


def write(folder: Path) -> Record:
    """Write `data.npz`, `records/` and `runs/` into a folder, and return the record."""
    import keras

    small_data.write(folder / "data.npz")
    data, classes = small_data.small_data(), len(small_data.CLASSES)
    label, recipe = recipes.recipe("quick", "scratch", ["image_size=32", "tta=8"])
    keras.utils.set_random_seed(0)
    network = registry.model("plain_cnn").build((32, 32, 1), classes, registry.Options())
    network.layers[-1].kernel.assign(20 * network.layers[-1].kernel)  # so that confidences are high
    given = {
        split: np.round(evaluate.predictor(network, data.splits[split], recipe)(8), 6)
        for split in ("validation", "test")
    }
    guess = {split: values.argmax(axis=1) for split, values in given.items()}
    labels = {split: data.splits[split].labels for split in given}
    scores = {s: metrics.scores(labels[s], guess[s], classes) for s in given}
    names = list(data.splits["test"].micrographs)
    record = Record(
        data=data.config,
        data_version=data.version,
        content_hash=data.content_hash,
        classes=list(data.classes),
        model="plain_cnn",
        initialization="scratch",
        recipe=label,
        recipe_settings=dataclasses.asdict(recipe),
        seed=0,
        status="finished",
        provenance="reproduced",
        created="2026-01-31T12:00:00+00:00",
        test=dataclasses.asdict(scores["test"]),
        validation=dataclasses.asdict(scores["validation"]),
        intervals={
            name: list(ends)
            for name, ends in intervals.of_predictions(
                labels["test"], guess["test"], names, classes
            ).items()
        },
        confusion=metrics.confusion(labels["test"], guess["test"], classes).tolist(),
        parameters_trainable=registry.trainable_parameters(network),
        parameters_total=network.count_params(),
        epochs=len(HISTORY),
        best_epoch=2,
        history=HISTORY,
        seconds=6.0,
        images_per_second=12.0,
        device="a device",
        backend="tensorflow",
        versions={"keras": "3.15.1"},
    )
    file = records.predictions_path(folder / "records", record, "test")
    record = dataclasses.replace(
        record, predictions=file.relative_to(folder / "records").as_posix()
    )
    checkpoint.save(
        checkpoint.best(folder / "runs" / record.config / record.run, 2), network.variables
    )
    for split, values in given.items():
        save(folder / "records", record, split, values)
    records.write(folder / "records", record)
    return record


def save(root: Path, record: Record, split: str, values: np.ndarray) -> None:
    """Write a run's probabilities (n, c) on a split of the small config."""
    ids = tuple(map(str, small_data.small_data().splits[split].ids))
    file = records.predictions_path(root, record, split)
    file.parent.mkdir(parents=True, exist_ok=True)
    predictions.write(file, predictions.Predictions(ids, tuple(record.classes), values))


def record_file(folder: Path) -> Path:
    """Return the file of the one record in `folder`."""
    (file,) = (folder / "records").rglob("*.json")
    return file
