"""A predictions file: the probability of every class for every example, as CSV.

Header `id,<class>,...`, then one row per id. May be gzipped. Nothing else is accepted from a
stranger: no pickles, no model files.
"""

import csv
import gzip
import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard.atomic import write_bytes
from leaderboard.predictions_csv import PredictionsError, ids_of, parse

__all__ = ["Predictions", "PredictionsError", "read", "read_whole", "write"]

DIGITS = 6
LIMIT = 64 * 2**20  # bytes, unpacked; the test split of 14 classes needs 0.3 MB


@dataclass(frozen=True)
class Predictions:
    """Probabilities float64 (n, c) of n examples (by id) for c classes (by name)."""

    ids: tuple[str, ...]
    classes: tuple[str, ...]
    probabilities: NDArray[np.float64]


def write(path: Path, predictions: Predictions) -> None:
    """Write predictions atomically; gzipped when the name ends in `.gz`.

    Probabilities are rounded to six digits: `read` gives back `np.round(probabilities, 6)`, so
    score those if the file shall score the same. Equal predictions give an equal file.

    Raises:
      PredictionsError: the predictions are such as `read` would refuse.
    """
    text = _csv_text(path, predictions)
    parse(path, text, predictions.ids, predictions.classes)
    data = text.encode()
    if path.suffix == ".gz":
        packed = io.BytesIO()
        with gzip.GzipFile(filename="", mode="wb", fileobj=packed, mtime=0) as file:
            file.write(data)
        data = packed.getvalue()
    write_bytes(path, data)


def read(path: Path, ids: Sequence[str], classes: Sequence[str]) -> NDArray[np.float64]:
    """Read the probabilities of exactly these examples and classes.

    Args:
      path: the CSV file, gzipped or not.
      ids: every id of the split; rows may stand in any order.
      classes: every class of the data config; columns may stand in any order after `id`.

    Returns:
      Probabilities, float64 (len(ids), len(classes)), in the order of `ids` and `classes`.

    Raises:
      PredictionsError: the file is missing, damaged or too large; ids or classes are missing,
        unknown or double; a probability is no number, not finite or negative; a row does not sum
        to 1 within 0.001.
    """
    return parse(path, _text(path), ids, classes)


def split_of(path: Path) -> str:
    """Return the split that a file's first id names, "" for none; raises what `read` does."""
    return ids_of(path, _text(path))[0].partition("/")[0]


def read_whole(path: Path, classes: Sequence[str]) -> Predictions:
    """Read a file with whatever ids it holds, in its own order, where the data are not at hand.

    Raises what `read` raises, but cannot know that an id is missing or unknown.
    """
    text = _text(path)
    ids = ids_of(path, text)
    return Predictions(ids, tuple(classes), parse(path, text, ids, classes))


def _csv_text(path: Path, predictions: Predictions) -> str:
    values = np.asarray(predictions.probabilities, dtype=np.float64)
    shape = (len(predictions.ids), len(predictions.classes))
    if values.shape != shape:
        raise PredictionsError(
            f"{path}: found probabilities of shape {values.shape}, expected {shape}: one row for "
            "each id and one column for each class."
        )
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["id", *predictions.classes])
    for name, row in zip(predictions.ids, np.round(values, DIGITS), strict=True):
        writer.writerow([name, *(f"{value:.{DIGITS}f}" for value in row)])
    return buffer.getvalue()


def _text(path: Path) -> str:
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
            f"{path}: holds more than {LIMIT // 2**20} MiB unpacked, expected one row per example. "
            f"Give {DIGITS} digits per probability."
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise PredictionsError(
            f"{path}: byte {error.start} is not UTF-8, expected a CSV text. Save it as UTF-8."
        ) from error
