"""Files from strangers, read whole only where they are plain files of a size that can be meant.

A version-control system keeps symbolic links. One to `/dev/zero` in the place of a record would
fill the memory of whoever renders the tables, and a pipe would wait for ever.
"""

import csv
import errno
import hashlib
import io
import stat
from pathlib import Path

ANY = 2**60  # bytes; where only that a file is plain matters
GZIP = b"\x1f\x8b"  # first bytes
LIMIT = 32 * 2**20  # bytes; the largest record has 0.1 MB, the largest scores of a board 2 MB


class NoPlainFileError(OSError):
    """A pipe, a device or a file far larger than any that is meant."""


def read_plain(file: Path, most: int = LIMIT) -> bytes:
    """Read a whole file of at most so many bytes.

    Raises:
      OSError: it cannot be read. NoPlainFileError: it is no plain file, or a larger one.
    """
    check_plain(file, most)
    with file.open("rb") as opened:
        return opened.read(most)


def read_csv(file: Path) -> list[list[str]]:
    """Read all rows of a CSV table in UTF-8.

    Raises:
      OSError: see `read_plain`. ValueError: it is not UTF-8, or no CSV.
    """
    text = read_plain(file).decode()
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise ValueError(str(error)) from error


def digest(file: Path) -> bytes:
    """Return the sha256 of a plain file of any size; errors as of `read_plain`."""
    check_plain(file, ANY)
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest()


def as_committed(data: bytes) -> bytes:
    r"""Return a text as version control keeps it, with "\n" at line ends; gzip as it is.

    Git for Windows turns the ends of lines at every commit and checkout. A CSV file that was hashed
    as it lay there would have another hash in every other place.

    >>> as_committed(b"id,Orf\r\n")
    b'id,Orf\n'
    """
    return data if data.startswith(GZIP) else data.replace(b"\r\n", b"\n")


def check_plain(file: Path, most: int) -> int:
    """Return the size of a file in bytes; raise what `read_plain` raises, without opening it."""
    state = file.stat()
    if stat.S_ISDIR(state.st_mode):
        raise IsADirectoryError(errno.EISDIR, "Is a directory", str(file))
    if not stat.S_ISREG(state.st_mode):
        raise NoPlainFileError(errno.EINVAL, "is a pipe, a socket or a device", str(file))
    if state.st_size > most:
        raise NoPlainFileError(
            errno.EFBIG, f"has {state.st_size:,} bytes, more than {most:,}", str(file)
        )
    return state.st_size
