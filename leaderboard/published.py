"""What others published, typed in from their papers: `published.csv`.

Sources: Matuszewski & Sintorn 2021, Table 2 (its ten representative and five worst-case rows);
Usmanuhaka 2026, protocol A, mean and standard deviation over five seeds; Sikder et al. 2024. A cell
is empty where the source gives no number.
"""

import csv
from pathlib import Path

from leaderboard.record import RecordError
from leaderboard.rows import Row, Value

FILE = Path(__file__).with_name("published.csv")


def read(file: Path = FILE) -> list[Row]:
    """Read the published rows, in the order of the file.

    Raises:
      RecordError: a cell is not a number where one is expected; names file and line.
    """
    with file.open(encoding="utf-8", newline="") as lines:
        reader = csv.DictReader(lines)
        found = []
        for cells in reader:
            try:
                found.append(_row(cells))
            except (KeyError, TypeError, ValueError) as error:
                raise RecordError(
                    f"{file}: line {reader.line_num}: {error!r}, expected one cell for each of "
                    f"{reader.fieldnames}, scores as numbers or empty. Correct the line."
                ) from error
    return found


def _row(cells: dict[str, str]) -> Row:
    return Row(
        data=cells["data"],
        model=cells["model"],
        start=cells["start"],
        recipe=cells["recipe"],
        seeds=cells["seeds"],
        test={
            "accuracy": _value(cells["accuracy"], cells["accuracy_std"]),
            "precision": _value(cells["precision"]),
            "recall": _value(cells["recall"]),
            "f1": _value(cells["f1"], cells["f1_std"]),
        },
        validation_f1=None,
        side=_count(cells["side"]),
        parameters=_count(cells["parameters"]),
        epochs=None,
        seconds=None,
        images_per_second=None,
        device="",
        pretraining=cells["pretraining"],
        extra_data=cells["extra_data"],
        provenance="published",
        source=cells["source"],
    )


def _count(text: str) -> int | None:
    return int(text) if text else None


def _value(mean: str, std: str = "") -> Value | None:
    return Value(float(mean), float(std) if std else None) if mean else None
