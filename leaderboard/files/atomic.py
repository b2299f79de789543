"""Writing a file so that a reader sees the old one or the new one, never half of it.

As `tem_virus_dataset.files.atomic`, which is installed alone; importing it here would load TFDS.
"""

import contextlib
import os
import shutil
import uuid
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO


@contextlib.contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a new file beside `path`; on leaving, flush it to the disk and put it in place.

    Makes the folders on the way. Nothing is left behind when it fails; `path` is then untouched.

    Raises:
      OSError: the folder cannot be written to, or the disk is full; names `path`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{uuid.uuid4().hex}.tmp")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        if error.filename is not None and Path(error.filename) == temporary:
            error.filename, error.filename2 = str(path), None  # the name that the user knows
        raise
    finally:
        with contextlib.suppress(OSError):  # a read-only disk refuses this, too: the first counts
            temporary.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write `data` to `path` as `replacing` does."""
    with replacing(path) as file:
        file.write(data)


@contextlib.contextmanager
def replacing_folder(path: Path, known: Collection[str]) -> Iterator[Path]:
    """Make a new folder beside `path`; on leaving, put it in its place, all at once.

    Nothing is left behind when it fails; `path` is then untouched.

    Args:
      known: names that may lie in the folder that is replaced.

    Raises:
      OSError: `path` holds anything else, or cannot be replaced; names `path` or a file in it.
    """
    others = sorted({one.name for one in path.iterdir()} - set(known)) if path.exists() else []
    if others:
        raise OSError(
            f"{path}: found {others[0]}, expected nothing but what this command wrote, for it "
            "would be deleted. Name a new folder."
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    name = uuid.uuid4().hex
    new, old = (path.with_name(f".{name}.{end}") for end in ("new", "old"))
    try:
        new.mkdir()
        yield new
        if path.exists():
            path.rename(old)
        new.rename(path)
    except OSError as error:
        if error.filename is not None and Path(os.fsdecode(error.filename)).is_relative_to(new):
            place = path / Path(os.fsdecode(error.filename)).relative_to(new)
            error.filename, error.filename2 = str(place), None  # the name that the user knows
        raise
    finally:
        if old.exists() and not path.exists():
            old.rename(path)
        for left in (new, old):
            shutil.rmtree(left, ignore_errors=True)
