"""Runs on this machine: one after another, or several at once, each in a process of its own."""

import collections
import time
from collections.abc import Callable, Generator, Sequence

from benchmark.machine import environment, gpus
from benchmark.runs.job import Job
from benchmark.runs.launch import LOG, Run, try_folders
from benchmark.runs.run_result import Ended

PAUSE = 0.1  # seconds between two polls of the processes


def results(
    jobs: Sequence[Job],
    report: Callable[[str], None],
    minutes: float | None = None,
    at_once: int = 1,
    quiet: bool = False,
    cores: int | None = None,
) -> Generator[Ended, None, None]:
    """Do the jobs here and yield how they end; a `run_result.Engine` with the other arguments set.

    Args:
      minutes: that a run may take; at_once: number of runs, each with GPUs of its own if any,
        else with an equal part of the cores.
      quiet: the output of each run goes to a file in its folder.
      cores: that the runs share; None for those of this machine.

    Raises:
      BenchmarkError: a run needs more GPUs than there are. OSError: a folder cannot be written to.
    """
    try_folders(jobs)
    waiting = collections.deque(jobs)
    free = gpus.places(at_once, max((job.devices for job in jobs), default=1))
    running: list[tuple[str | None, Run]] = []
    try:
        while waiting or running:
            while waiting and free:
                place, job = free.pop(0), waiting.popleft()
                threads = environment.threads_of(at_once, cores)
                running.append((place, Run(job, minutes, place, quiet, threads)))
                log = f", its output is in {job.folder / LOG}" if quiet else ""
                report(f"{job.name}: running{log}")
            for place, run in list(running):
                ended = run.poll()
                if ended:
                    running.remove((place, run))
                    free.append(place)
                    yield ended
            time.sleep(PAUSE)
    finally:
        for _, run in running:
            run.end()
