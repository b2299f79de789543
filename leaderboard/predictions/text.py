"""A predictions file as text: read up to a limit, gzipped or not, and divided into CSV rows.

The files come from strangers: nothing but CSV is accepted, and no more than `LIMIT` is unpacked.
"""

import csv
import gzip
import io
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

from leaderboard.files.atomic import write_bytes
from leaderboard.files.names import reason
from leaderboard.files.plain_file import ANY, NoPlainFileError, check_plain
from leaderboard.predictions import file_kinds

DIGITS = 6  # of a probability or confidence, after the point
LIMIT = 64 * 2**20  # bytes, unpacked; the test split of 14 classes needs 0.3 MB
FIRST = 2**20  # bytes that hold the first row of any file


class PredictionsError(Exception):
    """A predictions file that cannot be used; names the file, the line and the remedy."""


def write_text(path: Path, text: str) -> None:
    """Write a text atomically; gzipped when the name ends in `.gz`. Equal texts, equal files."""
    data = text.encode()
    if path.suffix == ".gz":
        packed = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as file:
            file.write(data)
        data = packed.getvalue()
    write_bytes(path, data)


def read_text(path: Path, most: int = LIMIT) -> str:
    """Read a predictions file as text, gzipped or not.

    A gzip file of a few kilobytes can unpack to many gigabytes (a gzip bomb). So the file is
    recognised by its first two bytes, not by its name, and is unpacked only up to `most` bytes.

    Raises:
      PredictionsError: it is missing, damaged, no text, or larger than that.
    """
    data = _beginning(path, most)
    if len(data) > most:
        raise PredictionsError(
            f"{path}: holds more than {most // 2**20} MiB unpacked, expected one row per "
            f"example or detection. Give {DIGITS} digits per probability."
        )
    return _decoded(path, data)


def _beginning(path: Path, size: int) -> bytes:
    """Return up to so many bytes of a file, unpacked, and one more where there are more."""
    try:
        check_plain(path, ANY)
        with path.open("rb") as file:
            is_packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            data: bytes = (gzip.GzipFile(fileobj=file) if is_packed else file).read(size + 1)
            return data
    except NoPlainFileError as error:
        raise PredictionsError(
            f"{path}: {error.strerror}, expected a file of predictions. Write them to a file."
        ) from error
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise PredictionsError(
            f"{path}: cannot be read ({error.strerror}), expected a file of predictions. Check the "
            "path."
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise PredictionsError(
            f"{path}: cannot be read ({reason(error)}), expected a CSV file, gzipped or not. Write "
            "it again."
        ) from error


def _decoded(path: Path, data: bytes) -> str:
    if message := file_kinds.refused(path, data):
        raise PredictionsError(message)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PredictionsError(
            f"{path}: byte {error.start} is not UTF-8, expected a CSV text. Save it as UTF-8."
        ) from error


def csv_rows(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells of every row that is not blank; one of blanks is blank, too.

    Raises:
      PredictionsError: no CSV.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True)
    try:
        for row in reader:
            if row not in ([], [""]):
                yield reader.line_num, row
    except csv.Error as error:
        raise PredictionsError(
            f"{path}: line {reader.line_num}: no CSV ({error}), expected cells between commas."
        ) from error


def csv_ids(path: Path, text: str) -> tuple[str, ...]:
    """Return the ids in the first column of a CSV text, in its order, without repetition.

    Raises:
      PredictionsError: no CSV, or no row below the header.
    """
    ids = [row[0] for _, row in csv_rows(path, text)][1:]
    if not ids:
        raise PredictionsError(
            f"{path}: found no row below the header, expected one per example. Write it again."
        )
    return tuple(dict.fromkeys(ids))


def split_of(path: Path) -> str:
    """Return the split that a file's first id names, such as "test"; "" for an id without one.

    An id with other letters or slashes names its split, too: what is wrong with it is said later.

    Raises:
      PredictionsError: the file cannot be read, or holds no row.
    """
    first = csv_ids(path, _first_lines(path))[0].strip().casefold().replace("\\", "/")
    return re.sub(r"^(b['\"])?(\./)?", "", first).partition("/")[0]


def _first_lines(path: Path) -> str:
    """Return the first lines of a file, whatever its size: which size is allowed is not known yet.

    Raises:
      PredictionsError: see `read_text`.
    """
    data = _beginning(path, FIRST)
    if len(data) > FIRST:
        data = data[: max(data.rfind(b"\n"), data.rfind(b"\r")) + 1]  # old ones have "\r" alone
    return _decoded(path, data)
