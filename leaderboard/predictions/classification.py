"""A classifier's predictions: the probability of every class for every example, as CSV.

Header `id,<class>,...`, then one row per id. May be gzipped. Nothing else is accepted from a
stranger: no pickles, no model files.
"""

import collections
import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard.files.names import shown
from leaderboard.ground_truth.classification import PatchTruth
from leaderboard.predictions import hints, six_digits
from leaderboard.predictions.text import (
    DIGITS,
    LIMIT,
    PredictionsError,
    csv_ids,
    csv_rows,
    read_text,
    write_text,
)

__all__ = [
    "DIGITS", "LIMIT", "Predictions", "PredictionsError", "of_text", "read", "read_for",
    "read_whole", "write",
]  # fmt: skip

TOLERANCE = 1e-3  # how far a row's sum may lie from 1
# A zero may have a minus sign: that is what -1e-17, as of 1 - sum, is in six digits.
_NUMBER = (
    r"(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40}|-0(?:\.0{0,40})?)(?:[eE][+-]?[0-9]{1,3})? *"
)
NUMBER = re.compile(_NUMBER)
NUMBERS = re.compile(f"{_NUMBER}(?:,{_NUMBER})*")


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
    _parse(path, text, predictions.ids, predictions.classes)
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
    return _parse(path, read_text(path), ids, classes)


def read_for(path: Path, truth: PatchTruth) -> NDArray[np.float64]:
    """Read the probabilities of a ground-truth table's patches; raises what `read` raises."""
    return read(path, truth.ids.tolist(), truth.classes)


def read_whole(path: Path, classes: Sequence[str]) -> Predictions:
    """Read a file with whatever ids it holds, in its own order, where the data are not at hand.

    Raises what `read` raises, but cannot know that an id is missing or unknown.
    """
    text = read_text(path)
    ids = csv_ids(path, text)
    return Predictions(ids, tuple(classes), _parse(path, text, ids, classes))


def of_text(
    path: Path, text: str, ids: Sequence[str], classes: Sequence[str]
) -> NDArray[np.float64]:
    """Return what `read` returns, of a text that is read already; `path` is for the messages."""
    return _parse(path, text, ids, classes)


def _csv_text(path: Path, predictions: Predictions) -> str:
    probabilities = np.asarray(predictions.probabilities, dtype=np.float64)
    shape = (len(predictions.ids), len(predictions.classes))
    if probabilities.shape != shape:
        raise PredictionsError(
            f"{path}: found probabilities of shape {probabilities.shape}, expected {shape}: one "
            "row for each id and one column for each class."
        )
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["id", *predictions.classes])
    for name, row in zip(predictions.ids, np.round(probabilities, DIGITS), strict=True):
        writer.writerow([name, *(f"{value:.{DIGITS}f}" for value in row)])
    return buffer.getvalue()


def _parse(
    path: Path, text: str, ids: Sequence[str], classes: Sequence[str]
) -> NDArray[np.float64]:
    """Return the probabilities in a CSV text, float64 (len(ids), len(classes)).

    Args:
      path: where the text comes from, for the messages.
      ids, classes: all that the text must hold, in the order of the result.

    Raises:
      PredictionsError: see `read`.
    """
    plain = six_digits.probabilities(text, ids, classes)
    if plain is not None and (abs(plain.sum(axis=1) - 1) <= TOLERANCE).all():
        return plain
    rows = csv_rows(path, text)
    line, header = next(rows, (1, []))
    columns = _columns(f"{path}: line {line}", header, classes, ids)
    place = {name: index for index, name in enumerate(ids)}
    if len(place) != len(ids):
        raise PredictionsError(f"{path}: the list of {len(ids)} ids to look for holds one twice.")
    found: list[list[float] | None] = [None] * len(ids)
    for line, row in rows:
        where = f"{path}: line {line}"
        if len(row) != len(header):
            raise PredictionsError(
                f"{where}: found {len(row)} columns, expected {len(header)} as in the header."
                f"{hints.of_last_cell(row)}"
            )
        index = place.get(row[0])
        if index is None:
            meant = hints.of_name(row[0], ids)
            hint = f" Is {shown(meant)} meant? Write it so." if meant else ""
            hint = hint or hints.of_split(row[0], ids) or " Predict these alone."
            raise PredictionsError(
                f"{where}: unknown id {shown(row[0])}, expected one of those of the ground truth, "
                f"such as {shown(ids[0]) if ids else 'none'}.{hint}"
            )
        if found[index] is not None:
            raise PredictionsError(
                f"{where}: id {shown(row[0])} is there twice, expected once. Remove one."
            )
        found[index] = _probabilities(where, [row[column] for column in columns])
    if missing := [index for index, values in enumerate(found) if values is None]:
        raise PredictionsError(
            f"{path}: {len(missing)} of {len(ids)} ids are missing, the first is "
            f"{shown(ids[missing[0]])}. Give one row for every id of the split."
        )
    return np.array(found, np.float64).reshape(len(ids), len(classes))


def _columns(
    where: str, header: list[str], classes: Sequence[str], ids: Sequence[str]
) -> list[int]:
    """Return the column of each class."""
    names = collections.Counter(header[1:])
    faulty = {
        "missing": [name for name in classes if name not in names],
        "unknown": [name for name in names if name not in classes],
        "double": [name for name, count in names.items() if count > 1],
    }
    faults = [
        f"{fault}: {', '.join(shown(n) for n in columns[:3])}"
        for fault, columns in faulty.items()
        if columns
    ]
    if header[:1] != ["id"]:
        faults.insert(0, f"the first column is {shown(header[0]) if header else 'nothing (empty)'}")
    if faults:
        hint = hints.of_header(header, ids)
        hint = hint or hints.of_classes(faulty["unknown"], faulty["missing"])
        raise PredictionsError(
            f"{where}: {'; '.join(faults)}. Expected the header id,{','.join(classes)}."
            f"{hint or ' Write it so.'}"
        )
    return [header.index(name, 1) for name in classes]


def _probabilities(where: str, cells: list[str]) -> list[float]:
    """Return the numbers of a row.

    A leaderboard has millions of rows, so the cells are looked at together, and one by one only
    where they are not all numbers. A quoted cell can hold a comma, too.
    """
    text = ",".join(cells)
    if not NUMBERS.fullmatch(text) or text.count(",") != len(cells) - 1:
        cell = next((cell for cell in cells if not NUMBER.fullmatch(cell)), "")
        raise PredictionsError(
            f"{where}: found {shown(cell)}, expected a probability from 0 to 1."
            f"{hints.of_row(cells)}"
        )
    values = [float(cell) + 0.0 for cell in cells]  # of -0.0 it makes 0.0
    total = sum(values)
    if abs(total - 1) > TOLERANCE:
        raise PredictionsError(
            f"{where}: the row sums to {total:.9g}, expected 1, less than {TOLERANCE} away. "
            "Give probabilities (a softmax) with six digits; from float16 or bfloat16, divide each "
            f"row by its sum in float32 first.{hints.of_row(cells)}"
        )
    return values
