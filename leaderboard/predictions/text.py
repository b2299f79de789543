"""The text of a predictions file, gzipped or not; strangers' files are read up to a limit."""

import gzip
import io
import zlib
from pathlib import Path

from leaderboard.files.atomic import write_bytes
from leaderboard.predictions.csv_rows import PredictionsError

DIGITS = 6  # of a probability, after the point
LIMIT = 64 * 2**20  # bytes, unpacked; the test split of 14 classes needs 0.3 MB


def write_text(path: Path, text: str) -> None:
    """Write a text atomically; gzipped when the name ends in `.gz`. Equal texts, equal files."""
    data = text.encode()
    if path.suffix == ".gz":
        packed = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as file:
            file.write(data)
        data = packed.getvalue()
    write_bytes(path, data)


def read_text(path: Path) -> str:
    """Read a file of predictions as text, gzipped or not.

    Raises:
      PredictionsError: it is missing, damaged, no text, or larger than `LIMIT`.
    """
    try:
        with path.open("rb") as file:
            packed = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            data = (gzip.GzipFile(fileobj=file) if packed else file).read(LIMIT + 1)
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise PredictionsError(
            f"{path}: cannot be read ({error.strerror}), expected a file of predictions. Check the "
            "path."
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise PredictionsError(
            f"{path}: cannot be read ({error}), expected a CSV file, gzipped or not. Make it anew."
        ) from error
    if len(data) > LIMIT:
        raise PredictionsError(
            f"{path}: holds more than {LIMIT // 2**20} MiB unpacked, expected one row per "
            f"example or find. Give {DIGITS} digits per probability."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PredictionsError(
            f"{path}: byte {error.start} is not UTF-8, expected a CSV text. Save it as UTF-8."
        ) from error
