"""The rows and columns of a predictions file, checked one by one."""

import collections
import csv
import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard.files.names import shown

_NUMBER = re.compile(r"(?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})? *")
TOLERANCE = 1e-3  # how far a row's sum may lie from 1


class PredictionsError(Exception):
    """A predictions file that cannot be used; names the file, the line and the remedy."""


def parse(path: Path, text: str, ids: Sequence[str], classes: Sequence[str]) -> NDArray[np.float64]:
    """Return the probabilities in a CSV text, float64 (len(ids), len(classes)).

    Args:
      path: where the text comes from, for the messages.
      text: the whole file.
      ids: every id to be found, in the order wanted.
      classes: every class to be found, in the order wanted.

    Raises:
      PredictionsError: see `predictions.read`.
    """
    rows = rows_of(path, text)
    line, header = next(rows, (1, []))
    columns = _columns(f"{path}: line {line}", header, classes)
    place = {name: index for index, name in enumerate(ids)}
    if len(place) != len(ids):
        raise PredictionsError(f"{path}: the list of {len(ids)} ids to look for holds one twice.")
    found = np.full((len(ids), len(classes)), np.nan)
    for line, row in rows:
        where = f"{path}: line {line}"
        if len(row) != len(header):
            raise PredictionsError(
                f"{where}: found {len(row)} columns, expected {len(header)} as in the header."
            )
        index = place.get(row[0])
        if index is None:
            raise PredictionsError(
                f"{where}: unknown id {shown(row[0])}, expected an id of this split, written as "
                f"TFDS gives it (decoded): {shown(ids[0]) if ids else 'none'}. Predict one split "
                "of this data config only."
            )
        if not np.isnan(found[index, 0]):
            raise PredictionsError(f"{where}: id {shown(row[0])} is there twice, expected once.")
        found[index] = _probabilities(where, [row[column] for column in columns])
    missing = np.flatnonzero(np.isnan(found).any(axis=1))
    if len(missing):
        raise PredictionsError(
            f"{path}: {len(missing)} of {len(ids)} ids are missing, the first is "
            f"{shown(ids[missing[0]])}. Give one row for every id of the split."
        )
    return found


def ids_of(path: Path, text: str) -> tuple[str, ...]:
    """Return the ids in a CSV text, in its order and each once; `parse` finds a double one.

    Raises:
      PredictionsError: no CSV, or no row below the header.
    """
    rows = [row[0] for _, row in rows_of(path, text)][1:]
    if not rows:
        raise PredictionsError(
            f"{path}: found no row below the header, expected one per example. Make it anew."
        )
    return tuple(dict.fromkeys(rows))


def rows_of(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield line number and cells of every row that is not blank.

    Raises:
      PredictionsError: no CSV.
    """
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, skipinitialspace=True)
    try:
        for row in reader:
            if row:
                yield reader.line_num, row
    except csv.Error as error:
        raise PredictionsError(
            f"{path}: line {reader.line_num}: no CSV ({error}), expected cells between commas."
        ) from error


def _columns(where: str, header: list[str], classes: Sequence[str]) -> list[int]:
    """Return the column of each class."""
    names = collections.Counter(header[1:])
    faults = {
        "missing": [name for name in classes if name not in names],
        "unknown": [name for name in names if name not in classes],
        "double": [name for name, count in names.items() if count > 1],
    }
    said = [
        f"{what}: {', '.join(shown(n) for n in who[:3])}" for what, who in faults.items() if who
    ]
    if header[:1] != ["id"]:
        said.insert(0, f"the first column is {shown(header[0]) if header else 'nothing (empty)'}")
    if said:
        other = [f"{mark!r}" for mark in ";\t" if header and mark in header[0]]
        hint = f" Cells are separated by {other[0]} here: save with commas." if other else ""
        raise PredictionsError(
            f"{where}: {'; '.join(said)}. Expected the header id,{','.join(classes)}{hint}"
        )
    return [header.index(name, 1) for name in classes]


def _probabilities(where: str, cells: list[str]) -> list[float]:
    values = []
    for cell in cells:
        if not _NUMBER.fullmatch(cell):
            hint = " Write a decimal point." if "," in cell else ""
            raise PredictionsError(
                f"{where}: found {shown(cell)}, expected a probability from 0 to 1.{hint}"
            )
        values.append(float(cell))
    if abs(sum(values) - 1) > TOLERANCE:
        raise PredictionsError(
            f"{where}: the row sums to {sum(values):.9g}, expected 1, less than {TOLERANCE} away. "
            "Give probabilities (a softmax) with six digits; from float16 or bfloat16, divide each "
            "row by its sum in float32 first."
        )
    return values
