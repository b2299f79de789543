"""How far a long command is: a line of the terminal that is overwritten, or lines of a log."""

import sys
import time

PAUSE = 0.5  # seconds between two states in a terminal
PAUSE_IN_LOG = 60  # and in a log, where every state is a line; nothing is said of shorter work


class Progress:
    """Shows "scored 12 of 340 rows" on standard error.

    Args:
      what: the words around both numbers, such as "scored {} of {} rows".
    """

    def __init__(self, what: str) -> None:
        self._what, self._last, self._begun = what, -PAUSE, time.monotonic()

    def __call__(self, done: int, total: int) -> None:
        """Show both numbers if it is time; in a terminal the last of them always."""
        stream = sys.stderr
        if not stream:
            return
        now, text = time.monotonic(), self._what.format(f"{done:,}", f"{total:,}")
        if not stream.isatty():
            if now - max(self._last, self._begun) >= PAUSE_IN_LOG:
                self._last = now
                print(text, file=stream, flush=True)
        elif done == total or now - self._last >= PAUSE:
            self._last = now
            print(f"\r{text}", end="\n" if done == total else "", file=stream, flush=True)
