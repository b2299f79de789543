"""Work in threads: one function applied to many items, results in the items' order."""

import collections
import concurrent.futures
import os
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

MOST_THREADS = 8  # more would wait for the one that writes
Item = TypeVar("Item")
Result = TypeVar("Result")


def in_threads(function: Callable[[Item], Result], items: Iterable[Item]) -> Iterator[Result]:
    """Apply a function in as many threads as there are processors, keeping the order.

    Reading, decoding, rescaling and encoding all release Python's lock. At most twice as many
    results as threads wait for the consumer, so memory does not grow with the number of items.

    Raises:
      Exception: what the function or `items` raises; work that has not begun is cancelled.
    """
    threads = min(MOST_THREADS, processors_available())
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        waiting: collections.deque[concurrent.futures.Future[Result]] = collections.deque()
        try:
            for item in items:
                waiting.append(pool.submit(function, item))
                if len(waiting) > 2 * threads:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:  # also where the consumer stops early
            pool.shutdown(wait=True, cancel_futures=True)


def processors_available() -> int:
    """Return how many processors this process may use, also in a container."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
