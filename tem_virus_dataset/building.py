"""Building alone, with space enough, and leaving nothing half made."""

import contextlib
import errno
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import filelock

from tem_virus_dataset.errors import DatasetError

NO_SPACE = os.strerror(errno.ENOSPC)


@contextlib.contextmanager
def whole_or_nothing(folder: Path, megabytes: int) -> Iterator[None]:
    """Hold the lock of `folder`, a config's, while its build goes on.

    Args:
      megabytes: space that the build takes.

    Raises:
      DatasetError: another build holds the lock, or the disk is or becomes full.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free // 2**20
        if free < megabytes:
            raise OSError(f"{NO_SPACE}: {free} MB free")
        with filelock.FileLock(folder / ".build.lock", timeout=0):
            _remove_half_made(folder)
            yield  # TFDS clears away what it has half made, unless it is killed
    except filelock.Timeout as error:
        raise DatasetError(
            f"{folder}: another build of this config is going on (lock {error.lock_file}); "
            "expected to be alone. Wait until it has ended, then load the data."
        ) from error
    except (OSError, RuntimeError) as error:  # TFDS makes the latter of TensorFlow's own error
        if NO_SPACE not in str(error):
            raise
        raise DatasetError(
            f"{folder}: not enough disk space ({error}); expected {megabytes} MB. Free some, or "
            "choose another --data-dir. Nothing was written."
        ) from error


def _remove_half_made(folder: Path) -> None:
    """Delete what a killed build has left; only called while the lock is held."""
    for left in folder.glob("incomplete.*"):
        shutil.rmtree(left, ignore_errors=True)
