"""Predictions of the corrupted test split: one CSV of all cells, gzipped or not.

Header `pictures,condition,level,id,<class>,...`, then one row for each image of each cell, in any
order. `pictures` is the beginning of the hash of the cell's images, so that predictions of other
images, those of another seed among them, are refused and not scored.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard.files.names import shown
from leaderboard.ground_truth.conditions import SHORT, HardCell
from leaderboard.predictions import hints
from leaderboard.predictions.classification import NUMBER, TOLERANCE
from leaderboard.predictions.text import (
    LIMIT,
    PredictionsError,
    csv_rows,
    read_text,
    write_text,
)

HEADER = ("pictures", "condition", "level", "id")
DIGITS = 4  # that `write` gives: a file of 62 cells and 984 images then has 0.9 MB, gzipped
ROW, CELL = 150, 40  # bytes of a row's texts, and of each of its probabilities, at most


def write(
    path: Path,
    cells: Mapping[HardCell, NDArray[np.floating]],
    ids: Sequence[str],
    classes: Sequence[str],
) -> None:
    """Write predictions atomically; gzipped when the name ends in `.gz`.

    Args:
      cells: probabilities (n, c) by cell; ids: n; classes: c.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*HEADER, *classes])
    for cell, probabilities in cells.items():
        for name, row in zip(ids, probabilities.tolist(), strict=True):
            values = (f"{value:.{DIGITS}f}" for value in row)
            writer.writerow([cell.short, cell.condition, cell.level, name, *values])
    write_text(path, text.getvalue())


def read(
    path: Path, cells: Sequence[HardCell], ids: Sequence[str], classes: Sequence[str]
) -> NDArray[np.float64]:
    """Read the probabilities of all cells and images.

    Returns:
      (cells, ids, classes) float64, in the order of the arguments.

    Raises:
      PredictionsError: the file is missing, damaged or too large; a cell, an id or a class is
        missing, unknown or double; the images are others; a row is no probabilities.
    """
    most = len(cells) * len(ids) * (ROW + CELL * len(classes))
    rows = csv_rows(path, read_text(path, max(LIMIT, most)))
    line, header = next(rows, (1, []))
    if header[:4] != list(HEADER) or sorted(header[4:]) != sorted(classes):
        missing = [name for name in classes if name not in header]
        unknown = [name for name in header[4:] if name not in classes]
        hint = hints.of_header(header, ids, HEADER) or hints.of_classes(unknown, missing)
        if header[:1] == ["id"] and not missing:
            hint = " These are predictions of images as they are: predict every corrupted cell."
        raise PredictionsError(
            f"{path}: line {line}: found the columns {shown(','.join(header), 120)}"
            f"{_named('missing', missing)}{_named('unknown', unknown)}; expected "
            f"{','.join((*HEADER, *classes))}, the classes in any order."
            f"{hint or ' Write it again.'}"
        )
    place_of_cell = {(cell.condition, str(cell.level)): n for n, cell in enumerate(cells)}
    place_of_id = {name: n for n, name in enumerate(ids)}
    order = [header.index(name, len(HEADER)) for name in classes]
    result = np.full((len(cells), len(ids), len(classes)), np.nan)
    for line, row in rows:
        where = f"{path}: line {line}"
        if len(row) != len(header):
            raise PredictionsError(
                f"{where}: found {len(row)} columns, expected {len(header)} as in the header."
                + (hints.of_last_cell(row) or " Give each row a cell for each column.")
            )
        number = place_of_cell.get((row[1].strip(), row[2].strip()))
        if number is None:
            meant = hints.of_name(row[1], {name for name, _ in place_of_cell})
            raise PredictionsError(
                f"{where}: found the condition {shown(row[1])} at level {shown(row[2])}; expected "
                f"one of the {len(cells)} cells of these data, such as {cells[-1].condition},"
                f"{cells[-1].level}. "
                + (f"{shown(meant)} is meant? " if meant not in ("", row[1].strip()) else "")
                + "Predict these cells only, and write the level as a whole number."
            )
        _check_pictures(where, row[0], cells[number])
        index = place_of_id.get(row[3])
        if index is None:
            meant = hints.of_name(row[3], ids)
            raise PredictionsError(
                f"{where}: unknown id {shown(row[3])}, expected an id of the test split: "
                f"{shown(ids[0])}. Predict the test split of this data config only."
                + (f" Is {shown(meant)} meant? Write it so." if meant else "")
            )
        if not np.isnan(result[number, index, 0]):
            raise PredictionsError(
                f"{where}: id {shown(row[3])} is there twice in {cells[number].name}, expected "
                "once. Remove one."
            )
        result[number, index] = _probabilities(where, [row[column] for column in order])
    _check_complete(path, result, cells, ids)
    return result


def _named(fault: str, names: Sequence[str]) -> str:
    return f", {fault}: {', '.join(map(shown, names[:3]))}" if names else ""


def _check_pictures(where: str, found: str, cell: HardCell) -> None:
    if len(found) < SHORT or not cell.pictures.startswith(found):
        raise PredictionsError(
            f"{where}: pictures are {shown(found)}, expected {cell.short} for {cell.name}; "
            "these are images of another seed, config or version. Corrupt the test split again: "
            "tem-virus corrupt."
        )


def _probabilities(where: str, texts: list[str]) -> list[float]:
    values = [float(text) + 0.0 if NUMBER.fullmatch(text) else np.nan for text in texts]
    if not all(0 <= value <= 1 + TOLERANCE for value in values):
        raise PredictionsError(
            f"{where}: found {shown(','.join(texts))}, expected probabilities from 0 to 1."
            + (hints.of_row(texts) or " Write decimal points, and divide each row by its sum.")
        )
    if abs(sum(values) - 1) > TOLERANCE:
        raise PredictionsError(
            f"{where}: the row sums to {sum(values):.9g}, expected 1, less than {TOLERANCE} away. "
            f"Give probabilities (a softmax) with at least four digits.{hints.of_row(texts)}"
        )
    return values


def _check_complete(
    path: Path, result: NDArray[np.float64], cells: Sequence[HardCell], ids: Sequence[str]
) -> None:
    missing = np.argwhere(np.isnan(result[:, :, 0]))
    if len(missing):
        cell, index = missing[0]
        raise PredictionsError(
            f"{path}: {len(missing):,} of {len(cells) * len(ids):,} rows are missing, the first is "
            f"{shown(ids[index])} in {cells[cell].name}. Give one row for every image of every "
            "cell."
        )
