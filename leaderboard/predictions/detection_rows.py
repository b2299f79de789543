"""The rows of a detector's predictions, checked one by one."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard.files.names import shown
from leaderboard.predictions.csv_rows import PredictionsError, rows_of

HEADER = ("id", "class", "confidence", "x", "y", "width", "height")
MOST = 300  # finds in one micrograph
FARTHEST = 1e6  # pixels: of every number of a box
_NUMBER = re.compile(
    r"-?(?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})? *", re.ASCII
)


@dataclass(frozen=True)
class Rows:
    """The finds of a file in its own order; the arrays are those of `detections.Detections`."""

    micrographs: NDArray[np.int64]
    labels: NDArray[np.int64]
    confidence: NDArray[np.float64]
    boxes: NDArray[np.float64]


def parse(path: Path, text: str, ids: Sequence[str], classes: Sequence[str]) -> Rows:
    """Return the finds in a CSV text.

    Args:
      path: where the text comes from, for the messages; ids: every micrograph to be found.

    Raises:
      PredictionsError: see `detections.read`.
    """
    rows = rows_of(path, text)
    line, header = next(rows, (1, []))
    if tuple(header) != HEADER:
        raise PredictionsError(
            f"{path}: line {line}: found {shown(','.join(header))}, expected the header "
            f"{','.join(HEADER)}"
        )
    place = {one: n for n, one in enumerate(ids)}
    number = {name: n for n, name in enumerate(classes)}
    finds: Counter[str] = Counter()
    empty: set[str] = set()
    found: list[tuple[int, int, float, list[float]]] = []
    for line, row in rows:
        where = f"{path}: line {line}"
        if len(row) != len(HEADER):
            raise PredictionsError(f"{where}: found {len(row)} columns, expected {len(HEADER)}.")
        one, name, *cells = row
        if one not in place:
            raise PredictionsError(
                f"{where}: unknown id {shown(one)}, expected a micrograph of this split, such as "
                f"{shown(ids[0]) if ids else 'none'}. Predict one split of this data config only."
            )
        if one in empty or (finds[one] and not any(row[1:])):
            raise PredictionsError(
                f"{where}: {shown(one)} has a row without a find, and another row; expected either "
                "finds or one row whose other cells are empty. Take one of them away."
            )
        if not any(row[1:]):
            empty.add(one)
            continue
        if name not in number:
            raise PredictionsError(
                f"{where}: unknown class {shown(name)}, expected one of {', '.join(classes)}."
            )
        finds[one] += 1
        if finds[one] > MOST:
            raise PredictionsError(
                f"{where}: more than {MOST} finds in {shown(one)}. Give the surest {MOST}."
            )
        confidence, *box = _numbers(where, cells)
        found.append((place[one], number[name], confidence, box))
    missing = [one for one in ids if one not in finds and one not in empty]
    if missing:
        raise PredictionsError(
            f"{path}: {len(missing)} of {len(ids)} micrographs are missing, the first is "
            f"{shown(missing[0])}. Where nothing was found, give one row with the id and empty "
            "cells."
        )
    return Rows(
        np.array([one[0] for one in found], np.int64),
        np.array([one[1] for one in found], np.int64),
        np.array([one[2] for one in found], np.float64),
        np.array([one[3] for one in found], np.float64).reshape(-1, 4),
    )


def _numbers(where: str, cells: list[str]) -> list[float]:
    """Return confidence, x, y, width and height."""
    values = []
    for name, cell in zip(HEADER[2:], cells, strict=True):
        value = float(cell) if _NUMBER.fullmatch(cell) else np.nan
        least = -FARTHEST if name in ("x", "y") else 0.0
        most = 1.0 if name == "confidence" else FARTHEST
        fine = least <= value <= most and (value > 0 or name not in ("width", "height"))
        if not fine:
            expected = {"confidence": "a number from 0 to 1"}.get(name, "pixels")
            if name in ("width", "height"):
                expected = "pixels, more than 0"
            hint = " Write a decimal point." if "," in cell else ""
            raise PredictionsError(
                f"{where}: {name}: found {shown(cell)}, expected {expected}.{hint}"
            )
        values.append(value)
    return values
