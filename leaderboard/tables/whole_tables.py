"""Tables of more rows than a page shows, whole, as `whole_tables/<dataset>-<config>.csv`."""

import csv
import io
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from leaderboard.files.plain_file import as_committed, read_plain
from leaderboard.ranking.comparison import Difference, against_best
from leaderboard.ranking.rows import Row, Value, ranked
from leaderboard.tables import cells
from leaderboard.tables.tables import MOST_ROWS
from leaderboard.tasks import TASKS

FOLDER = "whole_tables"
_DIGITS = 6  # after the point


def address(out_dir: Path, data: str, page: Path) -> str:
    """Return the file of a config's table, relative to a page, as Markdown links it."""
    return Path(os.path.relpath(_file(out_dir, data), page.parent)).as_posix()


def changed(out_dir: Path, rows: Mapping[str, Sequence[Row]]) -> dict[Path, str | None]:
    """Return the new text of every file that is stale; None of one whose table fits a page now.

    Args:
      rows: of all configs, by config.
    """
    long = {data: of_data for data, of_data in rows.items() if len(of_data) > MOST_ROWS}
    new = {_file(out_dir, data): text(of_data) for data, of_data in long.items()}
    stale: dict[Path, str | None] = {
        file: content for file, content in new.items() if _text_of(file) != content.encode()
    }
    old = sorted((out_dir / FOLDER).glob("*.csv"))
    return {**stale, **{file: None for file in old if file not in new}}


def text(rows: Sequence[Row]) -> str:
    """Return the table of one config as CSV, ranked as on the page."""
    in_order = ranked(rows)
    pairs = zip(in_order, against_best(in_order), strict=True)
    lines = [_line(rank, row, against) for rank, (row, against) in enumerate(pairs, start=1)]
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(lines[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return buffer.getvalue()


def _line(rank: int, row: Row, against: Difference | None) -> dict[str, str]:
    first = row.records[0] if row.records else None
    ends = against.interval if against else None
    return {
        "rank": str(rank),
        "model": _plain(row.model),
        "initialization": _plain(row.initialization),
        "recipe": _plain(row.recipe),
        "provenance": row.provenance,
        "submission": _plain(first.submission if first else ""),
        "seeds": _plain(row.seeds),
        **{
            column: cell
            for name in TASKS[row.task].scores
            for column, cell in _cells(name, row.test.get(name)).items()
        },
        **_cells("validation_f1", row.validation_f1),
        "against_best": cells.verdict(against),
        "difference": _number(against.mean if against else None),
        "difference_low": _number(ends[0] if ends else None),
        "difference_high": _number(ends[1] if ends else None),
        "parameters": "" if row.parameters is None else str(row.parameters),
        "pretraining": _plain(row.pretraining),
        "extra_data": _plain(row.extra_data),
        "source": _plain(row.source),
        "paper": _plain(row.paper),
        "weights_licence": _plain(row.weights_licence),
        "date": row.date,
    }


def _cells(name: str, value: Value | None) -> dict[str, str]:
    ends = value.interval if value else None
    return {
        name: _number(value.mean if value else None),
        f"{name}_std": _number(value.std if value else None),
        f"{name}_low": _number(ends[0] if ends else None),
        f"{name}_high": _number(ends[1] if ends else None),
    }


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.{_DIGITS}f}"


def _plain(text: str) -> str:
    """Return a text as one line that no spreadsheet takes for a formula."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return f"'{line}" if line[:1] in tuple("=+-@") and line else line


def _file(out_dir: Path, data: str) -> Path:
    return out_dir / FOLDER / f"{data.replace('/', '-')}.csv"


def _text_of(file: Path) -> bytes | None:
    try:
        return as_committed(read_plain(file))
    except FileNotFoundError:
        return None
