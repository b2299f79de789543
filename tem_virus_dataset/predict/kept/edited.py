"""Results that somebody changed: they get another name where new ones replace them.

Boxes that were corrected in ImageJ, or a table with notes, are work of hours. Which files are as
they were written is known by their digests: `done/NAME.json` keeps those of a micrograph, a file
beside it, as sha256sum writes it, those of all micrographs together.
"""

import contextlib
import hashlib
from collections.abc import Mapping
from pathlib import Path

from tem_virus_dataset.predict.kept import writable

FILE = "done/tables.sha256"  # below the folder of the results
MOST = 1000  # names that are tried


def digest(data: bytes) -> str:
    """Return the sha256 of a file's bytes."""
    return hashlib.sha256(data).hexdigest()


def is_edited(file: Path, written: str | None) -> bool:
    """Return whether a file is there and no longer as it was written.

    Args:
      written: its digest then; None where that is not known: nothing tells that it was edited.
    """
    return written is not None and file.is_file() and digest(file.read_bytes()) != written


def keep(file: Path, written: str | None) -> list[str]:
    """Rename a file that somebody edited, to a.txt.edited; return its new name, if it has one.

    Raises:
      OutputError: it cannot be renamed.
    """
    if not is_edited(file, written):
        return []
    free = (file.with_name(f"{file.name}.edited{n}") for n in ("", *range(2, MOST)))
    name = next(other for other in free if not other.exists())
    try:
        file.rename(name)
    except OSError as error:
        raise writable.unwritable(file.parent, error) from error
    return [str(name)]


def drop(out: Path) -> None:
    """Remove the files of all micrographs together, before results of one are replaced.

    Where a command is killed, none of them then shows other results than those that are there. The
    same command writes them again. What was edited stays until then.
    """
    for name, written in written_tables(out).items():
        file = out / name
        if name in writable.TABLES and file.is_file() and not is_edited(file, written):
            with contextlib.suppress(OSError):  # a program has it open
                file.unlink()


def remove(out: Path, name: str) -> list[str]:
    """Remove a file of all micrographs together, if it is there; return its name if it was edited.

    Raises:
      OutputError: it cannot be renamed or removed.
    """
    kept = keep(out / name, written_tables(out).get(name))
    try:
        (out / name).unlink(missing_ok=True)
    except OSError as error:
        raise writable.unwritable(out, error) from error
    return kept


def replace(out: Path, files: Mapping[str, bytes], longer: str = "") -> list[str]:
    """Write the files of all micrographs together where they differ; return names of edited ones.

    Args:
      files: contents by their path below the folder `out`.
      longer: of these the list that other results, or somebody's own, may need more lines of; one
        that begins as the new one does stays.

    Raises:
      OutputError: the folder cannot be written to, or the disk is full.
    """
    before = written_tables(out)
    kept = []
    for name, data in files.items():
        file = out / name
        there = file.read_bytes() if file.is_file() else None
        is_longer = name == longer and there is not None and there.startswith(data)
        if there != data and not is_longer:
            kept += keep(file, before.get(name))
            writable.write(file, data)
    now = before | {name: digest(data) for name, data in files.items()}
    if now != before:
        lines = (f"{written}  {name}\n" for name, written in sorted(now.items()))
        writable.write(out / FILE, "".join(lines).encode())
    return kept


def written_tables(out: Path) -> dict[str, str]:
    """Return the digests of the files of all micrographs together, as written, by their path."""
    try:
        lines = (out / FILE).read_text("utf-8").splitlines()
    except (OSError, ValueError):
        return {}
    return {name: written for written, _, name in (line.partition("  ") for line in lines)}
