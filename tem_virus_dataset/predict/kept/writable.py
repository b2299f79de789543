"""Whether results can be written: tried at the start, and said in words where it fails."""

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import filelock

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.atomic import try_folder, write_bytes

TABLES = ("particles.csv", "summary.csv", "micrographs.csv", "diameters.csv", "diameters.png")
LOCK = ".lock"
DRAFT = re.compile(r"\.[0-9a-f]{32}\.tmp")  # names as `atomic` gives them
LOCKS_FILES = os.name == "nt"  # Windows keeps others from replacing a file that a program has open


class OutputError(DatasetError):
    """Results cannot be written: those of no other micrograph could be either."""


def try_folders(folders: Iterable[Path]) -> None:
    """Write and delete a file in each folder, or in the one that it will be made in.

    Raises:
      OutputError: one cannot be made or written to.
    """
    for folder in folders:
        try:
            try_folder(folder)
        except OSError as error:
            raise unwritable(folder, error) from error


@contextlib.contextmanager
def alone(out: Path) -> Iterator[None]:
    """Let no other command write to a folder of results meanwhile; they would mix theirs.

    Drafts of a command that was killed are removed. The lock is released when its process ends,
    however that is. Where the file system has no locks, there is none.

    Raises:
      OutputError: another command writes to it.
    """
    lock, is_new = filelock.FileLock(out / LOCK, timeout=0), not out.exists()
    try:
        out.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        _remove_drafts(out)
    except filelock.Timeout as error:
        raise OutputError(
            f"{out}: another command is writing to it; expected a folder of results for this one "
            "alone. Wait until it has ended, or name another with --out."
        ) from error
    except NotImplementedError:
        pass
    except OSError as error:
        raise unwritable(out, error) from error
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            if lock.is_locked:
                (out / LOCK).unlink(missing_ok=True)
        lock.release()
        if is_new:
            with contextlib.suppress(OSError):  # it holds results
                out.rmdir()


def _remove_drafts(out: Path) -> None:
    for file in out.rglob(".*.tmp"):
        if DRAFT.fullmatch(file.name):
            with contextlib.suppress(OSError):
                file.unlink()


def try_tables(out: Path) -> None:
    """Refuse tables of an earlier prediction that another program has open, where that locks them.

    Raises:
      OutputError: there is one.
    """
    for name in TABLES if LOCKS_FILES else ():
        try:
            if (out / name).is_file():
                (out / name).open("r+b").close()
        except PermissionError as error:
            raise _in_use(out / name, error) from error


def _in_use(file: Path, error: OSError) -> OutputError:
    return OutputError(
        f"{file}: cannot be replaced ({error.strerror or error}); expected a file that no program "
        "has open. Close it in Excel or whatever shows it, or name another folder with --out; the "
        "same command then continues."
    )


def unwritable(folder: Path, error: OSError) -> OutputError:
    """Return the error of a folder that cannot be written to."""
    return OutputError(
        f"{folder}: cannot be written to ({error.strerror or error}); expected a folder for the "
        "results. Make room or change its permissions, or name another with --out; the same "
        "command then continues."
    )


def write(file: Path, data: bytes) -> None:
    """Write a file of the results, whole or not at all; raises `OutputError`."""
    try:
        write_bytes(file, data)
    except PermissionError as error:
        is_locked = LOCKS_FILES and file.is_file()
        raise (_in_use(file, error) if is_locked else unwritable(file.parent, error)) from error
    except OSError as error:
        raise unwritable(file.parent, error) from error
