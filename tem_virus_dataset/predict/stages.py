"""Three stages that overlap: while an image is in the network, the next is read, the last written.

Reading, decoding, resizing and encoding release Python's lock, as a network does. So the three run
at once in three threads. At most `IN_FLIGHT` items are in memory, however many there are: an item
is read only when the one before it has left the first stage, and written only when the one before
it is on the disk. Results come in the items' order, whatever the threads do.
"""

import dataclasses
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Generic, TypeVar

IN_FLIGHT = 3  # items at most: one in each stage
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
) -> Generator[Ended[Item, Result], None, None]:
    """Take items through three stages; yield how each ended, in their order.

    An item that fails in a stage does not reach the next one, and stops no other. Where the caller
    stops early, what has begun to be written is written whole.

    Args:
      read, write: run in a thread each; examine: runs in the caller's thread.
      is_alone: whether an item is so large that no other may be in memory beside it.
    """
    with ThreadPoolExecutor(1, "read") as reader, ThreadPoolExecutor(1, "write") as writer:
        ahead: Future[Opened] | None = None
        behind: Future[Ended[Item, Result]] | None = None
        for number, item in enumerate(items):
            if behind and is_alone(item):
                yield behind.result()
                behind = None
            opened = ahead or reader.submit(read, item)
            opened.exception()  # waits until it is read
            ahead = None
            for following in items[number + 1 : number + 2]:
                if not (is_alone(item) or is_alone(following)):
                    ahead = reader.submit(read, following)
            examined = _tried(examine, opened)
            if behind:
                yield behind.result()
            behind = writer.submit(_written, item, examined, write)
            del opened, examined  # the memory of an image
            if is_alone(item):
                yield behind.result()
                behind = None
        if behind:
            yield behind.result()


def _tried(function: Callable[[Opened], Examined], before: Future[Opened]) -> Future[Examined]:
    """Return the result of a function of a stage's result, or the exception of either."""
    after: Future[Examined] = Future()
    try:
        after.set_result(function(before.result()))
    except Exception as error:
        after.set_exception(error)
    return after


def _written(
    item: Item, examined: Future[Examined], write: Callable[[Examined], Result]
) -> Ended[Item, Result]:
    written = _tried(write, examined)
    error = written.exception()
    if error is None:
        return Ended(item, written.result())
    assert isinstance(error, Exception)  # nothing else is caught
    return Ended(item, None, error)
