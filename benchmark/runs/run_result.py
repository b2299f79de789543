"""How runs end: what whoever does them reports, and what a failed one leaves behind."""

import dataclasses
from collections.abc import Callable, Generator, Sequence
from typing import Protocol

from benchmark.training import recipe
from benchmark.errors import BenchmarkError
from benchmark.runs.job import Job, now
from leaderboard.results import store as records
from leaderboard.results.store import Record


@dataclasses.dataclass(frozen=True)
class Ended:
    """A run that goes on no longer; its record lies in its place if nothing else is said.

    Attributes:
      failed: why it did; busy: why it was not begun, though it is no failure.
      killed: it failed because something outside killed its process.
    """

    job: Job
    failed: str | None = None
    busy: str | None = None
    killed: bool = False


class Engine(Protocol):
    """Does jobs, one or many at once, here or elsewhere, and yields each one as it ends.

    `say` is called with a line of text when something has begun. A job that fails does not stop
    the others. Closing the iterator ends every run that still goes on.
    """

    def __call__(
        self, jobs: Sequence[Job], say: Callable[[str], None]
    ) -> Generator[Ended, None, None]:
        """Do the jobs."""


def failure(job: Job, reason: str) -> Record:
    """Return the record of a run that failed.

    Args:
      job: the run; reason: its first line is shown below the table.

    Raises:
      RecordError: the run's names cannot stand in a table; better known before it begins.
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
    """Say whether the run's record is there.

    Raises:
      BenchmarkError: it is, but it was made with other settings or weights under the same name.
    """
    if not job.record.exists():
        return False
    found = records.read(job.record)
    settings = dataclasses.asdict(job.recipe)
    older = recipe.defaults(type(job.recipe))  # the record may be older than a setting
    done_with = {**older, **found.recipe_settings}
    same = (found.data_version, done_with, found.weights) == (job.version, settings, job.origin())
    if not same:
        raise BenchmarkError(
            f"{job.record}: finished on data {found.data_version} with {found.recipe_settings} and "
            f"weights {found.weights}; expected {job.version}, {settings} and {job.origin()}. Move "
            "it away, or keep the new records elsewhere with --records."
        )
    return True
