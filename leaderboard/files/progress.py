"""How far a long command is, in a line of the terminal that is overwritten."""

import sys
import time

PAUSE = 0.5  # seconds between two lines


class Progress:
    """Shows "scored 12 of 340 rows" on standard error where that is a terminal.

    Args:
      what: the words around both numbers, such as "scored {} of {} rows".
    """

    def __init__(self, what: str) -> None:
        self._what, self._last = what, -PAUSE

    def __call__(self, done: int, total: int) -> None:
        """Show both numbers, at most twice a second; the last of them always."""
        now = time.monotonic()
        if not sys.stderr or not sys.stderr.isatty():
            return
        if done == total or now - self._last >= PAUSE:
            self._last = now
            text = self._what.format(f"{done:,}", f"{total:,}")
            print(f"\r{text}", end="\n" if done == total else "", file=sys.stderr, flush=True)
