"""Atomic writing: a file is written whole or not at all."""

import contextlib
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO


def write_bytes(path: Path, data: bytes) -> None:
    """Write a whole file; see `replacing`."""
    with replacing(path) as out:
        out.write(data)


def try_folder(folder: Path) -> None:
    """Write and delete a file in a folder, or in the one that it will be made in.

    The folder is not made: a command that is refused afterwards leaves nothing.

    Raises:
      OSError: the folder cannot be made or written to.
    """
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    file = there / f".{uuid.uuid4().hex}.tmp"
    write_bytes(file, b"tried")
    file.unlink()


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a draft that replaces `path` when all of it is on the disk.

    The folder is created if absent. Where writing fails, the draft is deleted and `path` stays
    as it was.

    Raises:
      OSError: the folder cannot be written, or the disk is full; names `path`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not of the file's name: that may be as long as a file system takes.
    draft = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        with draft.open("wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    except OSError as error:
        if error.filename is not None and Path(error.filename) == draft:
            error.filename, error.filename2 = str(path), None  # the name that the user knows
        raise
    finally:
        with contextlib.suppress(OSError):  # a read-only disk refuses this, too: the first counts
            draft.unlink(missing_ok=True)
