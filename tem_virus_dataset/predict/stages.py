"""Stages of many images at once: while two are in the networks, another is read or written.

Reading, decoding, resizing and encoding release Python's lock, as a network does. Each of three
threads takes an image through all of its stages, so that its pixels stay near one processor, and
neither a fast stage nor a slow one keeps the others waiting. Two are in the networks at most: what
a network does in one thread alone, or between two of its layers, leaves a processor to the other.
At most `WORKERS` images are in memory, however many there are. Results are written one at a time,
as they come, and yielded in the order of the items.
"""

import collections
import contextlib
import dataclasses
import sys
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Generic, TypeVar

WORKERS = 3  # items in memory at most
EXAMINERS = 2  # items at most that are in the networks
AHEAD = 4 * WORKERS  # items at most that end before the one that is to be yielded
# Python's default is 5 ms: so long would a thread wait that comes back from a network.
SWITCH_INTERVAL = 0.0005  # seconds
Item = TypeVar("Item")
Opened = TypeVar("Opened")
Examined = TypeVar("Examined")
Result = TypeVar("Result")


@dataclasses.dataclass(frozen=True)
class Ended(Generic[Item, Result]):
    """How an item ended.

    Attributes:
      item: as it was given; result: of the last stage, None where a stage failed.
      error: what that stage raised, None where none did.
    """

    item: Item
    result: Result | None
    error: Exception | None = None


def overlapped(
    items: Sequence[Item],
    read: Callable[[Item], Opened],
    examine: Callable[[Opened], Examined],
    write: Callable[[Examined], Result],
    is_alone: Callable[[Item], bool] = lambda item: False,
    stopping: threading.Event | None = None,
    ends_all: type[Exception] | tuple[()] = (),
) -> Generator[Ended[Item, Result], None, None]:
    """Take items through three stages; yield how each ended, in their order.

    An item that fails in a stage does not reach the next one, and stops no other. Where the caller
    stops early, what has begun to be written is written whole, and nothing else begins.

    Args:
      read: runs in up to three threads at once; examine: in two; write: in one.
      is_alone: whether an item is so large that no other may be in memory beside it: its stages
        run in the caller's thread.
      stopping: set where the caller stops early, so that a long `examine` can end.
      ends_all: a fault of this kind would meet all others: no other item is written after it, and
        those that it keeps from being written end with it, too.
    """
    stopping = stopping or threading.Event()
    in_networks, writing = threading.Semaphore(EXAMINERS), threading.Lock()
    ended_by: list[BaseException] = []

    def go_on() -> None:
        if ended_by:
            raise ended_by[0]
        if stopping.is_set():
            raise CancelledError

    def through(item: Item) -> Result:
        go_on()
        opened = read(item)
        with in_networks:
            go_on()
            examined = examine(opened)
        with writing:
            go_on()
            try:
                return write(examined)
            except ends_all as error:
                ended_by.append(error)
                stopping.set()
                raise

    def taken(item: Item) -> Ended[Item, Result]:
        try:
            return Ended(item, through(item))
        except CancelledError:
            raise
        except Exception as error:
            first = ended_by[0] if ended_by else error
            return Ended(item, None, first if isinstance(first, Exception) else error)
        except BaseException as error:  # an interruption: nothing that follows begins
            ended_by.append(error)
            stopping.set()
            raise

    flying: collections.deque[Future[Ended[Item, Result]]] = collections.deque()
    with _quick_to_switch(), ThreadPoolExecutor(WORKERS, "predict") as workers:
        try:
            for item in items:
                alone = is_alone(item)
                while flying and (alone or len(flying) >= AHEAD):
                    yield flying.popleft().result()
                if alone:
                    yield taken(item)
                else:
                    flying.append(workers.submit(taken, item))
            while flying:
                yield flying.popleft().result()
        except BaseException:
            stopping.set()
            workers.shutdown(wait=False, cancel_futures=True)
            raise


@contextlib.contextmanager
def _quick_to_switch() -> Iterator[None]:
    """Let threads take turns in Python after a shorter time than usual."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_INTERVAL)
    try:
        yield
    finally:
        sys.setswitchinterval(before)
