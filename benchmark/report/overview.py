"""The page over all runs: a table for each data config, ranked by macro F1."""

import dataclasses
from collections.abc import Iterable
from functools import partial
from pathlib import Path

import numpy as np

from benchmark.report import rendering
from benchmark.report.run_page import href
from leaderboard import configs, figure_files, figures, tables
from leaderboard.record import Record
from leaderboard.rows import Row, Value, ranked, rows_of

FIGURE = "ranking"  # name of a config's figure, in its folder


@dataclasses.dataclass(frozen=True)
class Line:
    """One line of a table; `link` is "" where the run has no page, and of published rows.

    Attributes:
      low, high, at: where interval and score stand in the drawing, per cent of its width;
        None where not known.
    """

    row: Row
    link: str
    low: float | None
    high: float | None
    at: float | None


@dataclasses.dataclass(frozen=True)
class Table:
    """All runs of one data config.

    Attributes:
      axis: what the drawing of the scores spans; failed: runs without a finished one of their name.
      mixed: a warning where the runs were made on different data, else "".
    """

    data: str
    note: str
    lines: list[Line]
    axis: tuple[float, float]
    mixed: str
    failed: list[Record]


def write(
    out: Path,
    found: list[Record],
    published: list[Row],
    with_page: set[str],
    problems: list[str],
) -> None:
    """Write `index.html`, and a figure for each config that has a finished run.

    Args:
      found: all records that could be read; published: rows of others, marked in the tables.
      with_page: links of the pages that were written; problems: what stands above the tables.

    Raises:
      OSError: `out` cannot be written to.
    """
    made = []
    for data in sorted({one.data for one in found}, key=_phantoms_last):
        own = [one for one in found if one.data == data]
        made.append(_table(data, own, published, with_page))
        lines = [line for line in made[-1].lines if line.at is not None]
        if lines:
            draw = partial(
                figures.ranking,
                [_name(line.row) for line in lines],
                [line.row.test["f1"].mean for line in lines],  # type: ignore[union-attr]
                [_ends(line.row.test["f1"]) for line in lines],
            )
            figure_files.write(out / data.split("/")[1], FIGURE, draw)
    rendering.write(out / "index.html", "overview.html", tables=made, problems=problems)


def _table(data: str, own: list[Record], published: list[Row], with_page: set[str]) -> Table:
    links: dict[tuple[str, ...], str] = {}
    rows = [row for row in published if row.data == data]
    for record in own:
        for row in rows_of([record]):
            rows.append(row)
            links[_key(row)] = href(record) if href(record) in with_page else ""
    axis = _axis(rows)
    lines = [_line(row, links.get(_key(row), ""), axis) for row in ranked(rows)]
    finished = {one.key for one in own if one.status == "finished"}
    failed = [one for one in own if one.status == "failed" and one.key not in finished]
    note, mixed = (text.replace("**", "") for text in (configs.note(data), tables.mixed(own)))
    return Table(data, note, lines, axis, mixed, failed)


def _line(row: Row, link: str, axis: tuple[float, float]) -> Line:
    def place(value: float) -> float:
        return round(100 * (value - axis[0]) / (axis[1] - axis[0]), 2)

    score = row.test["f1"]
    ends = _ends(score)
    low, high = (place(ends[0]), place(ends[1])) if ends else (None, None)
    return Line(row, link, low, high, place(score.mean) if score else None)


def _axis(rows: Iterable[Row]) -> tuple[float, float]:
    """Return round numbers around all scores and intervals, from 0 to 1."""
    values = [v for row in rows if (s := row.test["f1"]) for v in (s.mean, *(_ends(s) or ()))]
    if not values:
        return 0.0, 1.0
    low, high = np.floor(10 * min(values)) / 10, np.ceil(10 * max(values)) / 10
    return (float(low), float(high)) if low < high else (max(0.0, float(low) - 0.1), float(high))


def _ends(score: Value | None) -> tuple[float, float] | None:
    """Return the 95 % interval; for published means a standard deviation to each side."""
    if score is None:
        return None
    if score.interval is None and score.std is not None:
        return max(0.0, score.mean - score.std), min(1.0, score.mean + score.std)
    return score.interval


def _key(row: Row) -> tuple[str, ...]:
    return row.provenance, row.model, row.start, row.recipe, row.seeds


def _name(row: Row) -> str:
    mark = "published" if row.provenance == "published" else f"s{row.seeds}"
    return " ".join(part for part in (row.model, row.start, row.recipe, mark) if part)


def _phantoms_last(data: str) -> tuple[bool, str]:
    return configs.is_phantom(data), data
