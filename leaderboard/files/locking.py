"""One process at a time in a folder."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

PATIENCE = 60.0  # seconds to wait for another process
LONG_PATIENCE = 3600.0  # where the other one may be scoring thousands of rows


class LockedError(Exception):
    """Another process does not let go of a folder; names it and the lock."""


@contextlib.contextmanager
def locked(folder: Path, patience: float | None = None) -> Iterator[None]:
    """Wait until no other process is inside of this with the same folder.

    Args:
      patience: seconds to wait; `PATIENCE` if not given.

    Raises:
      LockedError: another process is inside for longer.
    """
    patience = PATIENCE if patience is None else patience
    try:
        with FileLock(lock_path(folder), timeout=patience):
            yield
    except Timeout as error:
        raise LockedError(
            f"{folder}: another process has been writing for {patience:.0f} s, expected a few. "
            f"End it and try again (lock: {error.lock_file})."
        ) from error


def lock_path(folder: Path) -> Path:
    """Return a lock file of this user outside the folder, so that none is left behind in it."""
    user = os.getuid() if hasattr(os, "getuid") else 0
    digest = hashlib.sha256(f"{user}:{folder.resolve()}".encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"tem_virus_{digest}.lock"
