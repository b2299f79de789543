"""CPU seconds of a job, over all processes that worked on it, also those that were killed.

A killed process cannot report at its end. So each writes its CPU time to a file of its own every
few seconds, and the sum over the files is what was spent.
"""

import contextlib
import threading
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

from leaderboard.files.atomic import write_bytes

PERIOD = 5.0  # seconds between two notes
PATTERN = "cpu-*.txt"


@contextlib.contextmanager
def noted(folder: Path) -> Iterator[None]:
    """Note the CPU time of this process in a folder, every few seconds and at the end."""
    file = folder / PATTERN.replace("*", uuid.uuid4().hex)
    ended = threading.Event()

    def note() -> None:
        write_bytes(file, f"{time.process_time():.1f}".encode())

    def repeat() -> None:
        while not ended.wait(PERIOD):
            note()

    thread = threading.Thread(target=repeat, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
        note()


def spent(folder: Path) -> float:
    """Return the CPU seconds that are noted in a folder; 0 where there is none."""
    return sum(float(file.read_text()) for file in folder.glob(PATTERN))
