"""Published scores, typed in from their sources: `published_<task>.csv`.

Of classifiers: Matuszewski & Sintorn 2021, Table 2 (its ten representative and five worst-case
rows); Usmanuhaka 2026, protocol A, mean and standard deviation over five seeds; Sikder et al. 2024.
Of detectors: Kotrbova et al. 2019, abstract; the README of the repository that the mirror's boxes
come from. None of the detectors was scored by the rules of this table: each row says what is known
of its own rules. A cell is empty where the source gives no number.
"""

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from leaderboard.files.names import reason
from leaderboard.files.plain_file import read_plain
from leaderboard.ranking.rows import Row, Value
from leaderboard.results.record import RecordError
from leaderboard.tasks import TASKS

FILES = {task: Path(__file__).with_name(f"published_{task}.csv") for task in TASKS}


def read_all() -> list[Row]:
    """Read the published rows of all tasks; raises what `read` does."""
    return [row for task in FILES for row in read(task)]


def read(task: str, file: Path | None = None) -> list[Row]:
    """Read the published rows of a task, in the order of its file in `FILES` or of another.

    Raises:
      RecordError: the file cannot be read, or a cell is not a number where one is expected; names
        file and line.
    """
    file = file or FILES[task]
    try:
        text = read_plain(file).decode()
        reader = csv.DictReader(io.StringIO(text, newline=""))
        lines = [(reader.line_num, cells) for cells in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise RecordError(
            f"{file}: cannot be read ({reason(error)}), expected a CSV table in UTF-8 of published "
            "rows. Restore it from version control."
        ) from error
    rows = []
    for line, cells in lines:
        try:
            rows.append(_row(task, cells))
        except (KeyError, TypeError, ValueError) as error:
            raise RecordError(
                f"{file}: line {line}: {error!r}, expected one cell for each of "
                f"{reader.fieldnames}, scores as numbers or empty. Correct the line."
            ) from error
    return rows


def _row(task: str, cells: Mapping[str, str]) -> Row:
    known = TASKS[task]
    test = {name: _value(cells[name], cells.get(f"{name}_std", "")) for name in known.fractions}
    return Row(
        task=task,
        data=cells["data"],
        model=cells["model"],
        initialization=cells["initialization"],
        recipe=cells["recipe"],
        seeds=cells["seeds"],
        test={**test, **dict.fromkeys(known.counts)},
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
        validation_ap50=_value(cells.get("validation_ap50", "")),
    )


def _count(text: str) -> int | None:
    """Return a cell's whole number, None where it is empty."""
    return int(text) if text else None


def _value(mean: str, std: str = "") -> Value | None:
    """Return a cell's number, with its standard deviation if known, None where it is empty."""
    return Value(float(mean), float(std) if std else None) if mean else None
