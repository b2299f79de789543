"""How runs end: the report of an engine, the record of a failure, and whether a run is finished."""

import dataclasses
from collections.abc import Callable, Generator, Sequence
from typing import Protocol

from benchmark.errors import BenchmarkError
from benchmark.runs.job import Job, now
from benchmark.training import recipe
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
        error=reason,
        provenance="reproduced",
        created=now(),
    )


def is_finished(job: Job) -> bool:
    """Return whether the run's record exists.

    Raises:
      BenchmarkError: it does, but with other settings or weights under the same name.
    """
    if not job.record.exists():
        return False
    record = records.read(job.record)
    settings = dataclasses.asdict(job.recipe)
    defaults = recipe.defaults(type(job.recipe))  # the record may be older than a setting
    trained_with = (record.data_version, {**defaults, **record.recipe_settings}, record.weights)
    if trained_with != (job.version, settings, job.origin()):
        raise BenchmarkError(
            f"{job.record}: finished on data {record.data_version} with {record.recipe_settings} "
            f"and weights {record.weights}; expected {job.version}, {settings} and "
            f"{job.origin()}. Move it away, or keep the new records elsewhere with --records."
        )
    return True
