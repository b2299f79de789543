"""One run in a process group of its own: started, watched, and ended with all that it began."""

import contextlib
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from benchmark.machine import environment
from benchmark.runs.job import BUSY, ERROR, Job
from benchmark.runs.run_result import Ended

ROOT = Path(__file__).resolve().parents[2]
WORKER = (sys.executable, "-m", "benchmark.runs.worker")
ATTENDED = "attended"  # the worker's second argument: end when the other end of stdin is gone
GRACE = 5.0  # seconds from SIGTERM to SIGKILL
LOG = "log.txt"  # in a run's folder: what it would have shown, where it is not alone


class Run:
    """A run that goes on in a process of its own, or continues where it was interrupted.

    The process ends itself when this one is gone, even by SIGKILL: it sees its stdin closed.

    Args:
      minutes: it may take, None for any number.
      gpus: what it finds in CUDA_VISIBLE_DEVICES; None leaves that variable alone.
      quiet: its output goes to a file in the run's folder.
    """

    def __init__(
        self, job: Job, minutes: float | None = None, gpus: str | None = None, quiet: bool = False
    ) -> None:
        self.job, self.minutes = job, minutes
        job.folder.mkdir(parents=True, exist_ok=True)
        (job.folder / ERROR).unlink(missing_ok=True)
        description = job.folder / "job.json"
        job.write(description)
        own = {} if gpus is None else {"CUDA_VISIBLE_DEVICES": gpus}
        with (job.folder / LOG).open("ab") if quiet else contextlib.nullcontext() as log:
            self.process = subprocess.Popen(
                [*WORKER, str(description), ATTENDED],
                cwd=ROOT,
                env={**environment.child_environment(), **own},
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT if log else None,
                start_new_session=True,  # Ctrl-C is for this process, which then ends that one
            )
        self.last = time.monotonic() + (math.inf if minutes is None else 60 * minutes)

    def poll(self) -> Ended | None:
        """Say how it ended, None while it goes on; end it when its time is over."""
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
        """End the process and all that it began: SIGTERM, and soon SIGKILL."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._signal(signal.SIGTERM)
            self.process.wait(GRACE)
        self._signal(signal.SIGKILL)
        self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):  # nobody is left
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
                failed=f"the run's process was ended by {ended_by.name}",
                killed=ended_by in (signal.SIGKILL, signal.SIGTERM),
            )
        return Ended(
            self.job, failed=f"the run's process ended with exit status {status}, without a record"
        )
