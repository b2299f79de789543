"""What others published, typed in from their papers: `published.csv`.

Sources: Matuszewski & Sintorn 2021, Table 2 (its ten representative and five worst-case rows);
Usmanuhaka 2026, protocol A, mean and standard deviation over five seeds; Sikder et al. 2024. A cell
is empty where the source gives no number.
"""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from leaderboard.ranking.rows import Row, Value
from leaderboard.results.record import RecordError

FILE = Path(__file__).with_name("published.csv")


def read(file: Path = FILE) -> list[Row]:
    """Read the published rows of classifiers, in the order of the file.

    Raises:
      RecordError: a cell is not a number where one is expected; names file and line.
    """
    return read_rows(file, _row)


def read_rows(file: Path, row: Callable[[dict[str, str]], Row]) -> list[Row]:
    """Read published rows, of which `row` makes one from its cells; raises what `read` does."""
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        found = []
        for cells in reader:
            try:
                found.append(row(cells))
            except (KeyError, TypeError, ValueError) as error:
                raise RecordError(
                    f"{file}: line {reader.line_num}: {error!r}, expected one cell for each of "
                    f"{reader.fieldnames}, scores as numbers or empty. Correct the line."
                ) from error
    return found


def _row(cells: dict[str, str]) -> Row:
    return row_of(
        cells,
        {
            "accuracy": value(cells["accuracy"], cells["accuracy_std"]),
            "precision": value(cells["precision"]),
            "recall": value(cells["recall"]),
            "f1": value(cells["f1"], cells["f1_std"]),
        },
    )


def row_of(cells: dict[str, str], test: dict[str, Value | None], **more: Any) -> Row:
    """Return a published row: `test` by score, `more` for the other fields that it knows."""
    return Row(
        data=cells["data"],
        model=cells["model"],
        initialization=cells["initialization"],
        recipe=cells["recipe"],
        seeds=cells["seeds"],
        test=test,
        validation_f1=None,
        image_size=_count(cells["image_size"]),
        parameters=_count(cells["parameters"]),
        epochs=None,
        seconds=None,
        images_per_second=None,
        device="",
        pretraining=cells["pretraining"],
        extra_data=cells["extra_data"],
        provenance="published",
        source=cells["source"],
        **more,
    )


def _count(text: str) -> int | None:
    """Return a cell's whole number, None where it is empty."""
    return int(text) if text else None


def value(mean: str, std: str = "") -> Value | None:
    """Return a cell's number, with its standard deviation if known, None where it is empty."""
    return Value(float(mean), float(std) if std else None) if mean else None
