"""The run command: in a process of its own, as a user starts it, or in this one.

Beside the benchmark's models it knows two of few layers, `tiny_classifier` and `tiny_detector`: a
run with one of them takes half the time, for tests that are not of a certain network.
"""

import contextlib
import importlib.util
import os
import runpy
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import small_data
from project_paths import HELPERS, ROOT

from benchmark import run
from benchmark.runs import launch
from benchmark.runs.job import JOB, Job
from benchmark.runs.run_result import Ended
from leaderboard.metrics import classification as metrics
from leaderboard.metrics.classification import Scores
from leaderboard.predictions import classification as predictions
from leaderboard.results import store as records

FAST = [
    "--recipe",
    "quick",
    "--set",
    "image_size=32",
    "samples_per_class=8",
    "batch_size=8",
    "patience=9",
]
WORKER = (sys.executable, str(HELPERS / "stubs" / "tiny_worker.py"))
LONGEST = 600  # seconds that anything here may take, however busy the machine is


def command(folder: Path, *arguments: object) -> list[str]:
    """The command whose records and runs lie in `folder`."""
    store = ["--records", str(folder / "records"), "--runs", str(folder / "runs")]
    return [*WORKER, "benchmark.run", *map(str, arguments), *store]


@contextlib.contextmanager
def tiny_models() -> Iterator[None]:
    """Let this process and the runs that it begins know the tiny models."""
    from tiny_registry import MODELS

    from benchmark.models import registry

    with (
        mock.patch.dict(registry._MODELS, registry.models() | MODELS),
        mock.patch.object(launch, "WORKER", WORKER),
    ):
        yield


def do(folder: Path, *arguments: object, **environment: str) -> subprocess.CompletedProcess:
    """Run it to its end."""
    return subprocess.run(
        command(folder, *arguments),
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST,
    )


def do_here(folder: Path, *arguments: object) -> int:
    """Run the command to its end in this process, which has Keras loaded; return its status.

    Its runs have processes of their own, as ever.
    """
    with tiny_models(), mock.patch.dict(os.environ):  # it sets some for its runs
        return run.main(command(folder, *arguments)[3:])


@contextlib.contextmanager
def runs_inside() -> Iterator[None]:
    """Let runs have no process of their own, each of which takes 5 seconds to load TensorFlow.

    For tests of what runs leave behind; not of how they end, nor of how they are begun.
    """
    inside = mock.patch("benchmark.runs.processes.Run", _Run)
    with tiny_models(), inside, mock.patch.dict(os.environ):
        yield


def do_inside(folder: Path, *arguments: object) -> int:
    """Do the same with the runs in this process, too."""
    with runs_inside():
        return do_here(folder, *arguments)


class _Run(launch.Run):
    """A run that is over when it has been begun."""

    def __init__(self, job: Job, *_: object, **__: object) -> None:
        self.job = job
        job.folder.mkdir(parents=True, exist_ok=True)
        job.write(job.folder / JOB)
        with mock.patch.object(sys, "argv", [job.worker, str(job.folder / JOB)]):
            try:
                runpy.run_path(importlib.util.find_spec(job.worker).origin, run_name="__main__")
            except SystemExit as ended:
                self.status = int(ended.code or 0)

    def poll(self) -> Ended:
        return Ended(self.job) if self.job.record.exists() else self._without_record(self.status)

    def end(self) -> None:
        pass


def wait_until(
    done: Callable[[], object], what: str, process: subprocess.Popen | None = None
) -> None:
    """Return once it is done; fail where the process ends before, or after a long time."""
    last = time.monotonic() + LONGEST
    while not done():
        assert process is None or process.poll() is None, f"it ended before {what}"
        assert time.monotonic() < last, f"{LONGEST} seconds passed before {what}"
        time.sleep(0.01)


def only_record(folder: Path) -> records.Record:
    """The one record in `folder`."""
    (record,) = records.read_all(folder / "records")
    return record


def scores_of_predictions(folder: Path, record: records.Record, split: str) -> Scores:
    """Score what lies beside a record of the small config."""
    data = small_data.small_data()
    patches = data.splits[split]
    file = records.predictions_path(folder / "records", record, split)
    found = predictions.read(file, list(patches.ids), data.classes)
    return metrics.scores(patches.labels, found.argmax(axis=1), len(data.classes))
