"""How far a long command is: a bar in a terminal, and now and then a line in a log.

A bar overwrites itself, which a file cannot show. But a log that stays empty for an hour does not
tell a training from a hang. So where standard error is no terminal, the same text is a line, at
most once in `PAUSE` seconds and only of what takes longer.
"""

import functools
import io
import math
import sys
import time
from collections.abc import Iterable
from typing import Any, TextIO

import tqdm

PAUSE = 60  # seconds between two lines of a log
IN_LOG = {
    "leave": False, "ncols": 120,
    "bar_format": "{desc}: {unit} {n_fmt} of {total_fmt}, {elapsed} so far, {remaining} left"
    "{postfix}",
}  # fmt: skip


def bar(
    iterable: Iterable[Any] | None = None,
    desc: str | None = None,
    total: int | None = None,
    **options: Any,
) -> tqdm.tqdm:
    """Return the bar of a loop, as `tqdm.tqdm` does.

    Args:
      iterable: what is gone through; None where `update` is called instead.
      desc: text before the numbers; total: number of all.
      options: others of `tqdm.tqdm`, such as `unit`.
    """
    options = {"desc": desc, "total": total, **options}
    stream = sys.stderr
    if stream is None:  # such as under pythonw
        return tqdm.tqdm(iterable, **{**options, "disable": True})
    if stream.isatty():
        return tqdm.tqdm(iterable, file=stream, **options)
    return _Log(iterable, file=_Lines(stream), **{**options, **IN_LOG})


class _Log(tqdm.tqdm):
    """A bar that shows its state once in `PAUSE` seconds, whatever refreshes it."""

    _shown = -math.inf

    def display(self, msg: str | None = None, pos: int | None = None) -> None:
        """Show the state if it is time, and nothing at the end."""
        now = time.monotonic()
        if msg != "" and now - max(self._shown, self._begun) >= PAUSE:
            self._shown = now
            super().display(msg, pos)

    def set_description(self, desc: str | None = None, refresh: bool | None = True) -> None:
        """Change the text before the numbers, without the colon that tqdm adds: a line has one."""
        self.set_description_str(desc, refresh)

    @functools.cached_property
    def _begun(self) -> float:
        return time.monotonic()


class _Lines(io.TextIOBase):
    """A stream on which every state of a bar is a line of its own."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write the text as lines, without blank ones; return its length."""
        for line in text.replace("\r", "\n").split("\n"):
            if line.strip():
                self._stream.write(f"{line.strip()}\n")
        return len(text)

    def flush(self) -> None:
        """Flush the stream."""
        self._stream.flush()
