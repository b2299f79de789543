"""A predictions file of the open set: the probabilities of the known classes, and a novelty.

Header `id,<class>,...,novelty`, then one row per id, as of other predictions files; `novelty` is
any finite number, larger for what is less like the known classes. Only its order matters, but for
the scores by micrograph, which are of its mean.
"""

import csv
import dataclasses
import hashlib
import io
import re
from collections.abc import Collection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard.files.names import shown
from leaderboard.files.plain_file import as_committed, read_plain
from leaderboard.open_set import boards
from leaderboard.open_set import truth as truths
from leaderboard.open_set.truth import Truth
from leaderboard.predictions import classification, hints
from leaderboard.predictions.text import (
    LIMIT,
    PredictionsError,
    csv_rows,
    read_text,
    write_text,
)

COLUMN = "novelty"
DIGITS = 6  # significant ones, of a novelty that is written
_NUMBER = re.compile(
    r" *[+-]?(?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})? *",
    re.ASCII,
)


@dataclasses.dataclass(frozen=True)
class Predicted:
    """Probabilities (n, classes) float64 and novelty (n,) float64, in the order of the truth."""

    probabilities: NDArray[np.float64]
    novelty: NDArray[np.float64]


def read(path: Path, truth: Truth) -> Predicted:
    """Read the predictions of exactly the patches and classes of a ground truth.

    Raises:
      PredictionsError: the file is missing, damaged or too large; a picture or class is missing,
        unknown or double; a row does not sum to 1; `novelty` is missing, no finite number, or the
        same for all.
    """
    text, novelty = _without_novelty(path, read_text(path), truth)
    _check_pictures(path, novelty, truth)
    probabilities = classification.of_text(path, text, truth.ids.tolist(), truth.classes)
    values = np.array([novelty[name] for name in truth.ids.tolist()])
    if values.min() == values.max():
        raise PredictionsError(
            f"{path}: {COLUMN} is {values[0]:g} in all {len(values):,} rows, expected values that "
            "differ: larger for what is less like the known classes. Minus the highest probability "
            "is a beginning."
        )
    return Predicted(probabilities, values)


def write(path: Path, truth: Truth, predicted: Predicted) -> None:
    """Write predictions atomically, gzipped when the name ends in `.gz`; equal ones, equal files.

    Raises:
      PredictionsError: they are such as `read` would refuse.
    """
    rounded = np.round(predicted.probabilities, classification.DIGITS)
    lines = [",".join(["id", *truth.classes, COLUMN])]
    for name, row, value in zip(truth.ids.tolist(), rounded, predicted.novelty, strict=True):
        cells = (f"{p:.{classification.DIGITS}f}".rstrip("0").rstrip(".") for p in row)
        lines.append(",".join([name, *cells, f"{value:.{DIGITS}g}"]))
    text = "\n".join([*lines, ""])
    own, _ = _without_novelty(path, text, truth)
    classification.of_text(path, own, truth.ids.tolist(), truth.classes)
    write_text(path, text)


def _without_novelty(path: Path, text: str, truth: Truth) -> tuple[str, dict[str, float]]:
    """Return the text without the column, line by line, and the novelty by id."""
    rows = csv_rows(path, text)
    line, header = next(rows, (1, []))
    if not header:
        raise PredictionsError(
            f"{path}: is empty, expected id,{','.join(truth.classes)},{COLUMN} and a row for each "
            f"of {len(truth):,} pictures. Write it again."
        )
    hint = hints.of_header(header, truth.ids.tolist())
    if (count := header.count(COLUMN)) != 1:
        remedy = " Keep one of them." if count else hints.of_classes(header, [COLUMN])
        raise PredictionsError(
            f"{path}: line {line}: found {count or 'no'} columns {COLUMN}, expected one: "
            f"id,{','.join(truth.classes)},{COLUMN}."
            + (hint or remedy or " Add it: larger for what is less like the known classes.")
        )
    if hint:
        raise PredictionsError(
            f"{path}: line {line}: found the columns {shown(','.join(header), 120)}; expected "
            f"id,{','.join(truth.classes)},{COLUMN}.{hint}"
        )
    if len(header) != len(truth.classes) + 2:
        unknown = [name for name in header[1:] if name not in (*truth.classes, COLUMN)]
        raise PredictionsError(
            f"{path}: line {line}: found {len(header) - 2} known classes, expected "
            f"{len(truth.classes)}: {', '.join(truth.classes)}. Give one column for each of these"
            + (f", and none named {shown(unknown[0])}." if unknown else ".")
        )
    _check_round(f"{path}: line {line}", header, truth)
    place = header.index(COLUMN)
    novelty: dict[str, float] = {}
    kept = io.StringIO()
    writer = csv.writer(kept, lineterminator="\n")
    writer.writerow(_left(header, place))
    written = line
    for line, row in rows:
        if len(row) != len(header):
            raise PredictionsError(
                f"{path}: line {line}: found {len(row)} columns, expected {len(header)} as in the "
                "header." + (hints.of_last_cell(row) or " Give each row a cell for each column.")
            )
        novelty[row[0]] = _value(f"{path}: line {line}", row[place])
        row = _left(row, place)
        kept.write("\n" * (line - written - 1))  # so that lines keep their numbers in messages
        writer.writerow(row)
        written = line
    return kept.getvalue(), novelty


def _check_round(where: str, header: Collection[str], truth: Truth) -> None:
    """Refuse the file of another round: its classes are as many, and it lacks another of them."""
    for name in boards.rounds_of(boards.MIRROR):
        classes = boards.known_classes(name)
        if set(classes) != set(truth.classes) and {"id", *classes, COLUMN} == set(header):
            left_out = next(one for one in boards.CLASSES if one not in truth.classes)
            raise PredictionsError(
                f"{where}: found the classes of round {name}, expected those of round "
                f"{boards.file_name(left_out)}: without {left_out}. Give the file of that round."
            )


def _check_pictures(path: Path, found: Collection[str], truth: Truth) -> None:
    """Refuse a file of other pictures, or without a whole class or ring; else ids are compared."""
    ids = truth.ids.tolist()
    known = set(ids)
    foreign = [name for name in found if name not in known]
    for board in boards.BOARDS if foreign else ():
        others = truths.read(board, boards.rounds_of(board)[0]).ids.tolist()
        if set(others).issuperset(found):
            raise PredictionsError(
                f"{path}: the ids are pictures of {board}, such as {shown(foreign[0])}; expected "
                f"those of the board that is asked for, such as {shown(ids[0])}. Predict its "
                "pictures (docs/open-set.md)."
            )
    groups = dict.fromkeys(truth.groups.tolist())
    has = {truth.groups[n] for n, name in enumerate(ids) if name in found}
    missing = [name for name in groups if name not in has]
    if missing and has and not foreign:
        raise PredictionsError(
            f"{path}: no picture of {', '.join(missing)}, expected all {len(ids):,} pictures, of "
            "known classes and others. Predict the rest, too: of open_set_14class, python -m "
            "benchmark.open_set pictures writes all of them."
        )


def _left(row: list[str], place: int) -> list[str]:
    return [*row[:place], *row[place + 1 :]]


def _value(where: str, cell: str) -> float:
    value = float(cell) if _NUMBER.fullmatch(cell) else np.nan
    if not np.isfinite(value):
        raise PredictionsError(
            f"{where}: {COLUMN}: found {shown(cell)}, expected a finite number, larger for what is "
            f"less like the known classes.{hints.of_row([cell]) if cell.strip() else ''}"
        )
    return value


def digest(file: Path) -> str:
    """Return the sha256 of a predictions file, the same whatever the ends of its lines are."""
    return hashlib.sha256(as_committed(read_plain(file, LIMIT))).hexdigest()
