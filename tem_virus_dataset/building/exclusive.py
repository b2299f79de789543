"""Exclusive builds: one process at a time, with enough disk space, no incomplete folder left."""

import contextlib
import errno
import logging
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import filelock

from tem_virus_dataset.errors import DatasetError, reason
from tem_virus_dataset.files import full_disk, reader_error

NO_SPACE = os.strerror(errno.ENOSPC)
READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)


@contextlib.contextmanager
def exclusive_build(folder: Path, megabytes: int) -> Iterator[None]:
    """Hold the lock of a config's folder during its build; wait for a build that runs already.

    Args:
      folder: of the config; megabytes: disk space that the build takes.

    Raises:
      DatasetError: the folder cannot be written, or the disk is or becomes full.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = _acquired(filelock.FileLock(folder / ".build.lock"), folder)
    except (OSError, NotImplementedError) as error:  # the latter: a file system without locks
        raise (_full if full_disk.is_full(error) else _unwritable)(
            folder, megabytes, error
        ) from error
    try:
        with lock:
            _remove_incomplete_builds(folder)
            yield  # TFDS deletes its incomplete folder, unless it is killed
    except (OSError, RuntimeError) as error:  # TFDS turns TensorFlow's own error into the latter
        if full_disk.is_full(error):
            raise _full(folder, megabytes, error) from error
        at = str(getattr(error, "filename", None) or "")
        if getattr(error, "errno", None) in READ_ONLY and at.startswith(str(folder.parents[1])):
            raise _unwritable(folder, megabytes, error) from error
        raise


def _unwritable(folder: Path, _: int, error: Exception) -> DatasetError:
    return DatasetError(
        f"{folder}: cannot be written ({reason(error)}); expected a folder to build in. Choose "
        "another --data-dir (data_dir of tfds.load). Nothing was written."
    )


def _full(folder: Path, megabytes: int, error: Exception) -> DatasetError:
    short, of_system = reader_error.reason(error), full_disk.text_of(error)
    reason = short if of_system in short else of_system  # a library's text may be very long
    return DatasetError(
        f"{folder}: not enough disk space, or of what you may use of it "
        f"({reason}); expected {megabytes} MB. Free some, or choose another "
        "--data-dir (data_dir of tfds.load). Nothing was written."
    )


def check_space(folder: Path, megabytes: int) -> None:
    """Raise `OSError` where the disk has less space than a build takes."""
    free = shutil.disk_usage(folder).free // 2**20
    if free < megabytes:
        raise OSError(f"{NO_SPACE}: {free} MB free")


def _acquired(lock: filelock.BaseFileLock, folder: Path) -> contextlib.AbstractContextManager:
    """Acquire the lock; it is released when the process that holds it ends or is killed."""
    try:
        return lock.acquire(timeout=0)
    except filelock.Timeout:
        logging.getLogger(__name__).warning(
            "%s: another build of this config is going on; waiting for it", folder
        )
        return lock.acquire()


def _remove_incomplete_builds(folder: Path) -> None:
    """Delete the folders of killed builds; only called while the lock is held."""
    for incomplete in folder.glob("incomplete.*"):
        shutil.rmtree(incomplete, ignore_errors=True)
