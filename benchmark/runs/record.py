"""The record of a finished run: what all tasks tell of it, and what each adds."""

import dataclasses
from pathlib import Path
from typing import Any

import keras

from benchmark.machine import environment
from benchmark.training import loop
from benchmark.models import registry
from benchmark.runs.job import Job, now
from leaderboard.results import store as records
from leaderboard.results.store import Record


def finished(
    job: Job, content_hash: str, network: keras.Model, history: loop.History, **found: Any
) -> Record:
    """Make the record of a run that has come to its end.

    Args:
      content_hash: of the data; network: as it was trained; history: one dict an epoch.
      found: the other fields: scores, intervals, what was pretrained on.
    """
    seconds = sum(epoch["seconds"] for epoch in history)
    images = sum(epoch["images"] for epoch in history)
    record = Record(
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
        parameters_trainable=registry.trainable_parameters(network),
        parameters_total=network.count_params(),
        epochs=len(history),
        best_epoch=loop.best_epoch(history),
        history=history,
        seconds=round(seconds, 1),
        images_per_second=round(images / seconds, 2),
        device=environment.device(),
        backend=keras.backend.backend(),
        versions=environment.versions(),
        weights=job.origin(),
        notes=job.note,
        provenance="reproduced",
        extra_data="none",
        created=now(),
        **found,
    )
    file = records.predictions_path(Path(job.records), record, "test")
    return dataclasses.replace(record, predictions=file.relative_to(job.records).as_posix())
