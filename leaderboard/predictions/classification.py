"""A predictions file: the probability of every class for every example, as CSV.

Header `id,<class>,...`, then one row per id. May be gzipped. Nothing else is accepted from a
stranger: no pickles, no model files.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard.predictions.csv_rows import PredictionsError, ids_of, parse
from leaderboard.predictions.text import DIGITS, LIMIT, read_text, write_text

__all__ = ["DIGITS", "LIMIT", "Predictions", "PredictionsError", "read", "read_whole", "write"]


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
    write_text(path, text)


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
    return parse(path, read_text(path), ids, classes)


def split_of(path: Path) -> str:
    """Return the split that a file's first id names, "" for none; raises what `read` does."""
    return ids_of(path, read_text(path))[0].partition("/")[0]


def read_whole(path: Path, classes: Sequence[str]) -> Predictions:
    """Read a file with whatever ids it holds, in its own order, where the data are not at hand.

    Raises what `read` raises, but cannot know that an id is missing or unknown.
    """
    text = read_text(path)
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
