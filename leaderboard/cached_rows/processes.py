"""Work on several processes, whose results come in order."""

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import wait
from typing import TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
FEWEST = 40  # jobs that one process does sooner than several have started


def cores() -> int:
    """Return the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextlib.contextmanager
def in_order(
    function: Callable[[Job], Result], jobs: Sequence[Job], processes: int
) -> Iterator[Iterator[Result]]:
    """Give an iterator over the results of jobs; what is not done on leaving is dropped.

    Args:
      function: of a module, for other processes to import; an error in it ends the iterator there.
      processes: at most; with few jobs there is only this one.
    """
    number = min(processes, len(jobs) // (FEWEST // 2)) if len(jobs) >= FEWEST else 1
    if number < 2:
        yield map(function, jobs)
        return
    # new processes, not copies: a copy of a process with threads may wait for ever
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(number, context, initializer=_begin)
    try:
        with _one_thread_each():
            results = pool.map(function, jobs)
        yield results
    finally:
        pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let processes that start now compute with one thread: more would only wait for each other."""
    before = {name: os.environ.get(name) for name in THREADS}
    os.environ.update(dict.fromkeys(THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _begin() -> None:
    """Leave Ctrl-C to the parent, and end with it, however it ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)
