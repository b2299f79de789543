"""Stages that overlap: while images are in the networks, the next is read, the last written.

Reading, decoding, resizing and encoding release Python's lock, as a network does. One thread reads,
one writes, and two put images through the networks: what a network does in one thread alone, or
between two of its layers, leaves a processor to the other. At most `IN_FLIGHT` items are in memory,
however many there are. Items are read, written and yielded in their order.
"""

import collections
import contextlib
import dataclasses
import threading
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Generic, TypeVar

IN_FLIGHT = 4  # items at most: one is read, two are examined, one is written
EXAMINERS = 2  # threads
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
      read, write: run in a thread each; examine: runs in two.
      is_alone: whether an item is so large that no other may be in memory beside it: its stages
        run in the caller's thread.
      stopping: set where the caller stops early, so that a long `examine` can end.
      ends_all: a fault of this kind would meet all others: no item that follows is written.
    """
    stopping = stopping or threading.Event()

    def written(item: Item, examined: Future[Examined]) -> Ended[Item, Result]:
        try:
            content = examined.result()
            if stopping.is_set():
                raise CancelledError
            return Ended(item, write(content))
        except CancelledError:
            raise
        except ends_all as error:
            stopping.set()
            return Ended(item, None, error)
        except Exception as error:
            return Ended(item, None, error)
        except BaseException:  # an interruption: nothing that follows begins
            stopping.set()
            raise

    with contextlib.ExitStack() as threads:
        reader, examiner, writer = (
            threads.enter_context(ThreadPoolExecutor(number, name))
            for name, number in (("read", 1), ("examine", EXAMINERS), ("write", 1))
        )
        flying: collections.deque[Future[Ended[Item, Result]]] = collections.deque()
        try:
            for item in items:
                alone = is_alone(item)
                while flying and (alone or len(flying) >= IN_FLIGHT):
                    yield flying.popleft().result()
                if alone:
                    yield _in_turn(item, read, examine, write)
                    continue
                opened = reader.submit(read, item)
                examined = examiner.submit(_after, opened, examine)
                flying.append(writer.submit(written, item, examined))
                del opened, examined  # the memory of an image
            while flying:
                yield flying.popleft().result()
        except BaseException:
            stopping.set()
            for pool in (reader, examiner, writer):
                pool.shutdown(wait=False, cancel_futures=True)
            raise


def _after(before: Future[Opened], examine: Callable[[Opened], Examined]) -> Examined:
    """Return what a stage gives of the result of the one before it."""
    return examine(before.result())


def _in_turn(
    item: Item,
    read: Callable[[Item], Opened],
    examine: Callable[[Opened], Examined],
    write: Callable[[Examined], Result],
) -> Ended[Item, Result]:
    try:
        return Ended(item, write(examine(read(item))))
    except Exception as error:
        return Ended(item, None, error)
