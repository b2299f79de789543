"""Start one run in a process of its own; a run that fails leaves a record of its failure."""

import dataclasses
import signal
import subprocess
import sys
from pathlib import Path

from benchmark import environment
from benchmark.errors import BenchmarkError
from benchmark.job import BUSY, ERROR, Job, now
from leaderboard import records
from leaderboard.records import Record

ROOT = Path(__file__).resolve().parent.parent


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
        start=job.start,
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
    same = all(settings.get(name, value) == value for name, value in found.recipe_settings.items())
    if found.data_version != job.version or not same or found.weights != job.origin():
        raise BenchmarkError(
            f"{job.record}: finished on data {found.data_version} with {found.recipe_settings} and "
            f"weights {found.weights}; expected {job.version}, {settings} and {job.origin()}. Move "
            "it away, or keep the new records elsewhere with --records."
        )
    return True


def launch(job: Job) -> str | None:
    """Do a run, or continue it where it was interrupted; return why it failed, None if it did not.

    Raises:
      BenchmarkError: the same run is going on in another process.
    """
    error, description = job.folder / ERROR, job.folder / "job.json"
    job.folder.mkdir(parents=True, exist_ok=True)
    error.unlink(missing_ok=True)
    job.write(description)
    command = [sys.executable, "-m", "benchmark.worker", str(description)]
    ended = subprocess.run(command, cwd=ROOT, env=environment.child_environment(), check=False)
    if ended.returncode == 0:
        return None
    if ended.returncode == BUSY:
        raise BenchmarkError(
            f"{job.folder}: this run is going on in another process; expected to be alone. Wait "
            "for it, or end it."
        )
    if error.exists():
        return error.read_text(encoding="utf-8")
    if ended.returncode < 0:
        return f"the run's process was ended by {signal.Signals(-ended.returncode).name}"
    return f"the run's process ended with exit status {ended.returncode}"
