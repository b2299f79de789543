"""The record of a finished run: the fields that all tasks share, and those of its task."""

import dataclasses
from pathlib import Path

import keras

from benchmark import tasks
from benchmark.machine import devices, environment
from benchmark.models import registry
from benchmark.runs.job import Job, now
from benchmark.training import loop
from benchmark.training.task import FinishedRun
from leaderboard.files.texts import as_line
from leaderboard.results import bounds
from leaderboard.results import store as records
from leaderboard.results.store import Record


def finished(job: Job, content_hash: str, run: FinishedRun, note: str = "") -> Record:
    """Return the record of a run that has come to its end.

    Args:
      content_hash: of the data; run: the network with its predictions and scores.
      note: of `Task.training_data` and `Task.compared`, printed below the table beside the user's
        own.
    """
    task, history = tasks.of_model(job.model), run.history
    seconds = sum(epoch["seconds"] for epoch in history)
    images = sum(epoch["images"] for epoch in history)
    record = Record(
        task=task.name,
        data=job.dataset,
        data_version=job.version,
        content_hash=content_hash,
        classes=list(job.classes),
        model=job.model,
        initialization=job.initialization,
        recipe=job.label,
        recipe_settings=dataclasses.asdict(job.recipe),
        seed=job.seed,
        status="finished",
        parameters_trainable=registry.trainable_parameters(run.network),
        parameters_total=run.network.count_params(),
        epochs=len(history),
        best_epoch=loop.kept_epoch(history, job.recipe),
        history=history,
        seconds=round(seconds, 1),
        images_per_second=round(images / seconds, 2),
        device=as_line(devices.described(job.recipe.precision), bounds.LINE),
        backend=keras.backend.backend(),
        versions=environment.versions(),
        pretraining=as_line(
            task.pretraining(
                job.model, job.initialization, Path(job.weights) if job.weights else None
            ),
            bounds.LINE,
        ),
        weights=job.origin(),
        notes=as_line(" ".join(filter(None, (job.note, note))), bounds.LINE),
        provenance="reproduced",
        extra_data="none",
        created=now(),
        **run.fields,
    )
    file = records.predictions_path(Path(job.records), record, "test")
    return dataclasses.replace(record, predictions=file.relative_to(job.records).as_posix())
