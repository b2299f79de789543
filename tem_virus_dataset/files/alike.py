"""Errors of many files that say the same, as one line."""

from collections.abc import Iterable, Iterator, Sequence

FEW = 3  # files whose errors are shown one by one, and names that stand in a line


def grouped(messages: Iterable[str]) -> Iterator[str]:
    """Yield each message, or one for all files of which it says the same.

    Args:
      messages: such as "a.tif: no pixel size", in the order in which they are shown.

    >>> list(grouped(f"{name}.tif: no pixel size. Name it." for name in "abcdef"))
    ['a.tif: no pixel size. Name it. The same of 5 more files: b.tif, c.tif, d.tif, ...']
    """
    files: dict[str, list[str]] = {}
    for message in messages:
        file, _, reason = message.partition(": ")
        files.setdefault(reason, []).append(file)
    for reason, (first, *others) in files.items():
        if len(others) < FEW:
            yield from (f"{file}: {reason}" if reason else file for file in (first, *others))
            continue
        end = "" if reason.endswith((".", "!", "?")) else "."
        yield f"{first}: {reason}{end} The same of {counted(others)}"


def counted(others: Sequence[str]) -> str:
    """Return how many further files there are, with the names of the first.

    >>> counted(["d.tif", "e.tif"])
    '2 more files: d.tif, e.tif'
    """
    names = ", ".join(others[:FEW]) + (", ..." if len(others) > FEW else "")
    return f"{len(others)} more file{'s' * (len(others) != 1)}: {names}"
