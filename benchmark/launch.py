"""Start one run in a process of its own; a run that fails leaves a record of its failure."""

import signal
import subprocess
import sys
from pathlib import Path

import filelock

from benchmark import environment
from benchmark.errors import BenchmarkError
from benchmark.job import ERROR, Job, now
from leaderboard import records
from leaderboard.records import Record

ROOT = Path(__file__).resolve().parent.parent


def launch(job: Job, config: str, version: str, classes: tuple[str, ...]) -> bool:
    """Do a run unless it is finished; continue it where it was interrupted.

    Args:
      config, version, classes: of the data, for the record of a failure.

    Returns:
      Whether there is a finished record now.

    Raises:
      BenchmarkError: the same run is going on in another process.
    """
    done = Path(job.records) / config.split("/")[1] / f"{job.name}.json"
    if done.exists() and records.read(done).data_version == version:
        print(f"{job.name}: finished before, see {done}", flush=True)
        return True
    folder = job.folder
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with filelock.FileLock(folder / "lock", timeout=0):
            print(f"{job.name}: running", flush=True)
            reason = _run(job, folder)
    except filelock.Timeout as error:
        raise BenchmarkError(
            f"{folder}: this run is going on in another process; expected to be alone. Wait for "
            "it, or end it."
        ) from error
    if reason:
        failure = Record(
            data=config,
            data_version=version,
            content_hash="",
            classes=list(classes),
            model=job.model,
            start=job.start,
            recipe=job.label,
            seed=job.seed,
            status="failed",
            error=reason,
            provenance="reproduced",
            created=now(),
        )
        where = records.write(Path(job.records), failure)
        print(f"{job.name}: failed, see {where}\n  {reason}", file=sys.stderr, flush=True)
        return False
    return True


def _run(job: Job, folder: Path) -> str | None:
    """Run the worker; returns why it failed, None if it did not."""
    error, description = folder / ERROR, folder / "job.json"
    error.unlink(missing_ok=True)
    job.write(description)
    command = [sys.executable, "-m", "benchmark.worker", str(description)]
    ended = subprocess.run(command, cwd=ROOT, env=environment.child_environment(), check=False)
    if ended.returncode == 0:
        return None
    if error.exists():
        return error.read_text(encoding="utf-8")
    if ended.returncode < 0:
        return f"the run's process was ended by {signal.Signals(-ended.returncode).name}"
    return f"the run's process ended with exit status {ended.returncode}"
