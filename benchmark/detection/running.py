"""One run of a detector: train, score validation and test once, write detections and record."""

import dataclasses
from pathlib import Path

import keras

from benchmark import devices, environment, registry
from benchmark.compiling import computing_in
from benchmark.detection import box_tables, reading, training
from benchmark.detection.decoding import Found
from benchmark.detection.recipes import DetectionRecipe
from benchmark.detection.scenes import Scenes
from benchmark.job import Job, now
from leaderboard import records
from leaderboard.detection import detections, scoring
from leaderboard.detection.box_table import BoxTable
from leaderboard.detection.detections import Detections
from leaderboard.detection.scores import Scored
from leaderboard.records import Record

AP_DRAWS = 200  # of the bootstrap of the average precisions


def run(job: Job) -> Path:
    """Do the job; raises what `training.train` raises."""
    assert isinstance(job.recipe, DetectionRecipe)
    keras.utils.set_random_seed(job.seed)
    devices.use(job.devices)
    data = reading.load(job.data, Path(job.data_dir) if job.data_dir else None)
    weights = Path(job.weights) if job.weights else None
    model = registry.model(job.model)
    with computing_in(job.recipe.precision):
        options = registry.Options(job.start, weights)
        network = model.build((None, None, 1), len(data.classes), options)
    tables = {one.split: one for one in box_tables.tables(data)}
    validation = tables["validation"]

    def f1(found: list[Found]) -> float:
        one = _joined(validation, found)
        best = scoring.best_confidence(validation, one)
        return scoring.score(validation, one, best, with_ap=False).scores.f1

    origin = {"code": model.code(), "weights": job.origin()}
    trained = training.train(network, data, job.recipe, job.seed, job.folder, f1, origin)
    found = {
        split: _joined(
            table,
            training.predict(trained.network, data.splits[split], job.recipe),
        )
        for split, table in tables.items()
    }
    confidence = scoring.best_confidence(validation, found["validation"])
    scored = {
        split: scoring.score(table, found[split], confidence, ap_draws=AP_DRAWS * (split == "test"))
        for split, table in tables.items()
    }
    record = _record(job, data, trained, scored)
    for split, one in found.items():
        file = records.predictions_path(Path(job.records), record, split)
        file.parent.mkdir(parents=True, exist_ok=True)
        detections.write(file, one, data.classes)
    return records.write(Path(job.records), record)


def _joined(table: BoxTable, found: list[Found]) -> Detections:
    return detections.joined(
        table.ids.tolist(),
        [one.boxes for one in found],
        [one.labels for one in found],
        [one.confidence for one in found],
    )


def _record(job: Job, data: Scenes, trained: training.Trained, scored: dict[str, Scored]) -> Record:
    seconds = sum(epoch["seconds"] for epoch in trained.history)
    images = sum(epoch["images"] for epoch in trained.history)
    network, test = trained.network, scored["test"]
    record = Record(
        data=data.config,
        data_version=data.version,
        content_hash=data.content_hash,
        classes=list(data.classes),
        task=registry.DETECTION,
        confidence=test.confidence,
        model=job.model,
        start=job.start,
        recipe=job.label,
        recipe_settings=dataclasses.asdict(job.recipe),
        seed=job.seed,
        status="finished",
        test=test.scores.known(),
        validation=scored["validation"].scores.known(),
        intervals={name: list(pair) for name, pair in test.intervals.items()},
        parameters_trainable=registry.trainable_parameters(network),
        parameters_total=network.count_params(),
        epochs=len(trained.history),
        best_epoch=trained.best,
        history=trained.history,
        seconds=round(seconds, 1),
        images_per_second=round(images / seconds, 2),
        device=environment.device(),
        backend=keras.backend.backend(),
        versions=environment.versions(),
        weights=job.origin(),
        notes=job.note,
        provenance="reproduced",
        pretraining="another detector" if job.start == registry.TRANSFER else "none",
        extra_data="none",
        created=now(),
    )  # fmt: skip
    file = records.predictions_path(Path(job.records), record, "test")
    relative = file.relative_to(job.records).as_posix()
    return dataclasses.replace(record, predictions=relative)
