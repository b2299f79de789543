"""The unit of work: one micrograph, from the bytes of its files to its examples."""

import collections
import concurrent.futures
import dataclasses
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from tem_virus_dataset.files.tree import File

MOST_THREADS = 8  # more would wait for the one that writes
T = TypeVar("T")
R = TypeVar("R")


@dataclasses.dataclass(frozen=True)
class Blob:
    """The bytes of a file, and where they were read, for messages."""

    data: bytes
    where: str


@dataclasses.dataclass(frozen=True)
class Job:
    """One micrograph's examples, counted before any picture is read.

    Reading apart, all is a pure function of the bytes; a job can be pickled and done elsewhere.

    Attributes:
      split: train, validation or test.
      class_name: the virus, or the set of micrographs, spelled as on disk.
      stem: name of the micrograph, without suffix; its full name is `split/Class/stem`.
      count: how many examples there are.
      files: what is read.
      decode: turns the contents of the files, in their order, into pictures; finds their faults.
      cut: turns what was decoded into the items that become examples.
    """

    split: str
    class_name: str
    stem: str
    count: int
    files: tuple[File, ...]
    decode: Callable[[Sequence[Blob]], Any]
    cut: Callable[[Any], Iterable[Any]]

    @property
    def folder(self) -> str:
        """`split/Class`, the beginning of every id."""
        return f"{self.split}/{self.class_name}"

    @property
    def micrograph(self) -> str:
        """`split/Class/stem`."""
        return f"{self.folder}/{self.stem}"

    def read(self) -> list[Blob]:
        """Read the files; the one impure step."""
        return [Blob(file.read(), file.where) for file in self.files]

    def items(self) -> Iterable[Any]:
        """Read, decode and cut."""
        return self.cut(self.decode(self.read()))


def itself(item: T) -> list[T]:
    """Return what was decoded as the one item: for `Job.cut`, where nothing is cut."""
    return [item]


def in_threads(function: Callable[[T], R], jobs: Iterable[T]) -> Iterator[R]:
    """Apply a function in as many threads as there are processors, keeping the order.

    Reading, decoding, rescaling and encoding all release Python's lock. Few results wait at a
    time, so memory does not grow with the number of jobs.
    """
    threads = min(MOST_THREADS, processors_available())
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        waiting: collections.deque[concurrent.futures.Future[R]] = collections.deque()
        try:
            for job in jobs:
                waiting.append(pool.submit(function, job))
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
