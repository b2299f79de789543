"""How runs end: the report of an engine, the record of a failure, what a finished run learned."""

import dataclasses
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Protocol

from benchmark.errors import BenchmarkError
from benchmark.runs.job import Job, now
from benchmark.training import recipe
from leaderboard.files.texts import made_safe
from leaderboard.results import bounds
from leaderboard.results import store as records
from leaderboard.results.store import Record


@dataclasses.dataclass(frozen=True)
class Ended:
    """The end of a run; where neither `failed` nor `busy` is set, its record is written.

    Attributes:
      failed: reason of the failure; busy: reason why the run was skipped, which is no failure.
      killed: it failed because its process was killed from outside.
    """

    job: Job
    failed: str | None = None
    busy: str | None = None
    killed: bool = False


class Engine(Protocol):
    """Does jobs, one or many at once, here or elsewhere, and yields the end of each.

    `report` is called with a line of text when a run begins. A job that fails does not stop the
    others. Closing the iterator ends every run in progress.
    """

    def __call__(
        self, jobs: Sequence[Job], report: Callable[[str], None]
    ) -> Generator[Ended, None, None]:
        """Do the jobs."""


def failure(job: Job, reason: str) -> Record:
    """Return the record of a run that failed.

    Args:
      job: the run; reason: its first line is printed below the table.

    Raises:
      RecordError: the run's names do not fit into a table.
    """
    return Record(
        data=job.dataset,
        data_version=job.version,
        content_hash="",
        classes=list(job.classes),
        model=job.model,
        initialization=job.initialization,
        recipe=job.label,
        seed=job.seed,
        status="failed",
        error=made_safe(reason)[: bounds.ERROR],
        provenance="reproduced",
        created=now(),
    )


def learned(record: Record) -> str:
    """Return one line on the losses of a finished run and its scores on validation.

    The losses are those of the first and the last epoch; validation is that of the epoch that is
    kept. "" for a record without epochs.
    """
    history, kept = record.history, record.best_epoch
    if not history or not kept:
        return ""
    losses = [f"{epoch['loss']:.3f}" for epoch in history]
    several = f" in the first, {losses[-1]} in the last" if len(history) > 1 else ""
    names = {"validation_loss": "validation loss", "validation_f1": "validation F1"}
    scores = [
        f"{shown} {history[kept - 1][name]:.3f}"
        for name, shown in names.items()
        if name in history[kept - 1]
    ]
    return (
        f"{len(history)} epoch{'s' * (len(history) > 1)}, loss {losses[0]}{several}; epoch {kept} "
        f"is kept, {', '.join(scores)}"
    )


def is_finished(job: Job) -> bool:
    """Return whether the run's record exists.

    Raises:
      BenchmarkError: it does, but with other settings or weights under the same name.
    """
    if not job.record.exists():
        return False
    record = records.read(job.record)
    defaults = recipe.defaults(type(job.recipe))  # the record may be older than a setting
    found = {
        "data": record.data_version,
        "weights": _sha256(record.weights),
        **defaults,
        **record.recipe_settings,
    }
    wanted = {
        "data": job.version,
        "weights": _sha256(job.origin()),
        **dataclasses.asdict(job.recipe),
    }
    if found != wanted:
        names = [name for name in wanted if found.get(name) != wanted[name]]
        names += [name for name in found if name not in wanted]
        raise BenchmarkError(
            f"{job.record}: finished with {_named(found, names)}; expected "
            f"{_named(wanted, names)}. Move it away, or keep the new records elsewhere with "
            "--records."
        )
    return True


def _sha256(weights: Mapping[str, str] | None) -> str | None:
    """Return that of a file of weights: it may be renamed."""
    return weights["sha256"] if weights else None


def _named(values: Mapping[str, object], names: Sequence[str]) -> str:
    return ", ".join(f"{name}={values.get(name)}" for name in names)
