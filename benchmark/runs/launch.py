"""One run in a process group of its own: started, polled, and ended with all that it started.

A training must not outlive its command, even if the command is killed: two commands would otherwise
write one checkpoint. The worker therefore ends when the pipe to its stdin closes, and ending a run
kills its whole process group.
"""

import contextlib
import datetime
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from benchmark.errors import BenchmarkError
from benchmark.machine import environment
from benchmark.runs.job import BUSY, ERROR, JOB, Job, now
from benchmark.runs.run_result import Ended
from leaderboard.files.writable import try_folder
from leaderboard.results import bounds

ROOT = Path(__file__).resolve().parents[2]
WORKER = (sys.executable, "-m")  # before the module of the job
ATTENDED = "attended"  # second argument of the worker: end when its stdin is closed
GRACE = 5.0  # seconds from SIGTERM to SIGKILL
OUT_OF_MEMORY = (
    "; systems do so where the memory is full. Lower --jobs, --set batch_size or image_size, and "
    "start the same command again: it continues after the last whole epoch"
)
LOG = "log.txt"  # in a run's folder: its output, where several runs go on at once


def try_folders(jobs: Sequence[Job]) -> None:
    """Try the clock, and the folders of each job's record and run, before any training.

    Raises:
      OSError: a folder cannot be made, or not be written to. BenchmarkError: the clock is wrong.
    """
    check_clock()
    places = [(job.record.parent, "--records") for job in jobs] + [
        (job.folder.parent, "--runs") for job in jobs
    ]
    for folder, option in dict.fromkeys(places):
        try_folder(folder, option)


def check_clock() -> None:
    """Raise `BenchmarkError` where the clock gives a time that no record can have.

    A machine without a battery begins in 1970, and a record of that year is refused: after the
    training. Durations are measured by another clock, which never moves.
    """
    time_now = datetime.datetime.fromisoformat(now())
    if time_now < bounds.EARLIEST:
        raise BenchmarkError(
            f"this machine's clock says {time_now:%Y-%m-%d %H:%M} UTC, expected a day from "
            f"{bounds.EARLIEST:%Y} on: every record states when it was written. Nothing was "
            "begun. Set the clock."
        )


class Run:
    """A run in a process of its own; an interrupted run continues after its last epoch.

    Args:
      minutes: that it may take, None for no limit.
      gpus: its CUDA_VISIBLE_DEVICES; None leaves that variable unchanged.
      quiet: its output goes to a file in the run's folder.
      threads: number of them, where it has no GPU; None leaves it to the libraries.
    """

    def __init__(
        self,
        job: Job,
        minutes: float | None = None,
        gpus: str | None = None,
        quiet: bool = False,
        threads: int | None = None,
    ) -> None:
        self.job, self.minutes = job, minutes
        job.folder.mkdir(parents=True, exist_ok=True)
        (job.folder / ERROR).unlink(missing_ok=True)
        description = job.folder / JOB
        job.write(description)
        own = {} if gpus is None else {"CUDA_VISIBLE_DEVICES": gpus}
        if gpus is None and threads is not None:
            own = environment.pinned(threads)
        with (job.folder / LOG).open("ab") if quiet else contextlib.nullcontext() as log:
            self.process = subprocess.Popen(
                [*WORKER, job.worker, str(description), ATTENDED],
                cwd=ROOT,
                env={**environment.child_environment(), **own},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT if log else None,
                start_new_session=True,  # Ctrl-C reaches only this process, which then ends the run
            )
        self.last = time.monotonic() + (math.inf if minutes is None else 60 * minutes)

    def poll(self) -> Ended | None:
        """Return how it ended, None while it runs; end it when its time is over."""
        status = self.process.poll()
        if status is None and time.monotonic() < self.last:
            return None
        self.end()
        if self.job.record.exists():
            return Ended(self.job)
        if status is None:
            return Ended(
                self.job,
                failed=f"not finished after {self.minutes:g} minutes (--time-limit); the same "
                "command continues after its last whole epoch",
            )
        return self._without_record(status)

    def end(self) -> None:
        """End the process group: SIGTERM, and SIGKILL after a grace period."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._signal(signal.SIGTERM)
            self.process.wait(GRACE)
        self._signal(signal.SIGKILL)
        self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # the group has ended
            os.killpg(self.process.pid, number)

    def _without_record(self, status: int) -> Ended:
        if status == BUSY:
            return Ended(
                self.job,
                busy=f"{self.job.folder}: this run is going on in another process; expected to be "
                "alone. Wait for it, or end it.",
            )
        error = self.job.folder / ERROR
        if error.exists():
            return Ended(self.job, failed=error.read_text(encoding="utf-8"))
        if status < 0:
            ended_by = signal.Signals(-status)
            return Ended(
                self.job,
                failed=f"the run's process was ended by {ended_by.name}"
                + (OUT_OF_MEMORY if ended_by is signal.SIGKILL else ""),
                killed=ended_by in (signal.SIGKILL, signal.SIGTERM),
            )
        return Ended(
            self.job, failed=f"the run's process ended with exit status {status}, without a record"
        )
