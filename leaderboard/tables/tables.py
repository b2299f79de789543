"""Rows as text: markdown for the pages, plain for the terminal."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from tabulate import tabulate

from leaderboard.ground_truth import configs
from leaderboard.ranking import warnings
from leaderboard.ranking.comparison import against_best
from leaderboard.ranking.rows import Row, ranked
from leaderboard.results.official import OfficialScores
from leaderboard.results.record import Record
from leaderboard.tables import cells, official
from leaderboard.tables.cells import escaped
from leaderboard.tables.names import distinct_names
from leaderboard.tasks import part

MOST_ROWS = 50  # of a table on a page or in the terminal, and of the list of failed runs
FRONT_ROWS = 5  # of a table on the front page
_MOST_DATA = 10  # versions of data that are listed
_BESIDE = 3  # rows above and below, in the excerpt around a row
_ERROR_LENGTH = 200  # characters of a failed run's error
_LEFT = frozenset(("model", "initialization", "recipe", "input", "provenance, seeds"))


def table_text(rows: Iterable[Row], most: int = MOST_ROWS) -> str:
    """Return a markdown table, ranked by F1, without the columns of which nothing is known.

    Of many rows it shows the best `most`, each compared with the best of all. Without rows, one
    line that says so.
    """
    in_order = ranked(rows)
    compared = zip(in_order, distinct_names(in_order), against_best(in_order), strict=True)
    lines = [
        _cells(row).columns(row, name, against)
        for row, name, against in itertools.islice(compared, most)
    ]
    return _markdown(lines)


def section_text(
    data: str,
    records: Sequence[Record],
    rows: Sequence[Row],
    on_official: Sequence[tuple[Record, OfficialScores]] = (),
    whole: str = "",
) -> str:
    """Return all text between the markers of one data config: table, notes, failed runs.

    Args:
      data: such as "tem_virus/patches_14class"; the rest is of this config alone.
      rows: the published ones among them.
      on_official: records with the scores of their networks on official patches.
      whole: address of the whole table, for one that is too long for a page.
    """
    more, noted, shown = "", records, ranked(rows)[:MOST_ROWS]
    if len(rows) > MOST_ROWS:
        more = f"The first {MOST_ROWS} of {len(rows):,} rows; [all of them]({whole})."
        noted = [record for row in shown for record in row.records]
        runs = {record.key for record in noted}
        on_official = [pair for pair in on_official if pair[0].key in runs]
    lists = (_source_list(shown), _warning_list(rows, shown), _note_list(data, noted))
    notes = "\n".join(part for part in lists if part)
    parts = [
        configs.note(data),
        table_text(rows),
        more,
        notes,
        official.note(data, on_official),
        _failed_list(records),
        mixed(records),
    ]
    return "\n\n".join(part for part in parts if part)


def front_text(data: str, records: Sequence[Record], rows: Sequence[Row], page: str) -> str:
    """Return what the front page shows: the best rows, their warnings, and where the rest is.

    Args:
      data, records, rows: as of `section_text`; page: address of the page with that text.
    """
    shown = ranked(rows)[:FRONT_ROWS]
    more = f"The first {FRONT_ROWS} of {len(rows):,} rows. " if len(rows) > FRONT_ROWS else ""
    parts = [
        configs.note(data),
        table_text(rows, FRONT_ROWS),
        _warning_list(rows, shown),
        mixed(records),
        f"{more}What the rows show, how they were made, and failed runs: [leaderboard]({page}).",
    ]
    return "\n\n".join(part for part in parts if part)


def _warning_list(rows: Sequence[Row], shown: Sequence[Row]) -> str:
    """Return what the authors took back, and what is implausible or like another row, as a list.

    Args:
      rows: the whole table, in which copies are searched; shown: those that are listed.
    """
    found = {id(row): texts for row, texts in zip(rows, warnings.of_rows(rows), strict=True)}
    lines = [
        f"* {'Taken back' if text == row.retired else 'Warning'}: "
        f"{escaped(f'{warnings.name_of(row)}, {row.initialization}, {row.recipe}: {text}')}"
        for row in shown
        for text in (*([row.retired] if row.retired else []), *found[id(row)])
    ]
    return "\n".join(lines)


def _failed_list(records: Iterable[Record]) -> str:
    failed = [record for record in records if _has_failed(record)]
    lines = [
        f"* Failed: {escaped(_run_name(one))}: {_first_line(one)}" for one in failed[:MOST_ROWS]
    ]
    if len(failed) > MOST_ROWS:
        lines.append(f"* Failed: {len(failed) - MOST_ROWS:,} more.")
    return "\n".join(lines)


def summary_text(rows: Sequence[Row], around: Row | None = None) -> str:
    """Return a table for the terminal, ranked by F1; all rows are of one task.

    Args:
      around: one of the rows; only the rows beside it are shown then, with their ranks.
    """
    several = len({row.recipe for row in rows}) > 1  # else the column is superfluous
    shown = list(enumerate(ranked(rows), start=1))
    if around:
        place = next(rank for rank, row in shown if row is around)
        shown = shown[max(0, place - 1 - _BESIDE) : place + _BESIDE]
    lines = [
        {
            **({"rank": f"{rank}{' *' if row is around else ''}"} if around else {}),
            "model": row.model,
            "initialization": row.initialization,
            **({"recipe": row.recipe} if several else {}),
            **_cells(row).summary(row),
            "parameters": cells.count(row.parameters),
            "seconds": cells.number(row.seconds, lambda value: f"{value:.0f}"),
        }
        for rank, row in shown[:MOST_ROWS]
    ]
    more = len(shown) - len(lines)
    return _tabulated(lines, "simple") + (f"\nand {more:,} more rows" if more else "")


def row_text(row: Row) -> str:
    """Return one row for the terminal, a line for each score."""
    lines = list(_cells(row).lines(row).items())
    return tabulate(lines, tablefmt="plain", disable_numparse=True)


def _cells(row: Row) -> Any:
    """Return the module with the cells of the row's task."""
    return part("tables", row.task)


def _markdown(lines: list[dict[str, str]]) -> str:
    if not lines:
        return "No runs yet."
    known = [name for name in lines[0] if any(line[name] for line in lines)]
    titles = {name: _title(name, [line[name] for line in lines]) for name in known}
    return _tabulated([{titles[name]: line[name] for name in known} for line in lines], "github")


def _title(name: str, column: Sequence[str]) -> str:
    """Return the title of a column; it speaks of intervals only where one of its cells has one."""
    return name if any("[" in cell for cell in column) else name.removesuffix(" [95 %]")


def _tabulated(lines: list[dict[str, str]], form: str) -> str:
    headers = list(lines[0]) if lines else []
    return tabulate(
        [list(line.values()) for line in lines],
        headers=headers,
        tablefmt=form,
        disable_numparse=True,
        colalign=["left" if name in _LEFT else "right" for name in headers],
    )


def run_notes(data: str, records: Iterable[Record]) -> list[tuple[str, str]]:
    """Return name and text of the notes of runs; one of a text that a longer one contains.

    The seeds of a run share most notes. A note is left out where another seed of the same run has
    it within a longer note.
    """
    notes: dict[str, set[str]] = defaultdict(set)
    for record in records:
        if record.data == data and record.notes:
            name = ", ".join((record.model, record.initialization, record.recipe))
            if record.submission:  # else anybody could speak under the name of another row
                name = f"{name} (submission {record.submission})"
            notes[name].add(record.notes.strip())
    return [
        (name, text)
        for name, texts in sorted(notes.items())
        for text in sorted(texts)
        if not any(text != other and text.lower() in other.lower() for other in texts)
    ]


def _note_list(data: str, records: Iterable[Record]) -> str:
    notes = run_notes(data, records)
    return "\n".join(f"* {escaped(name)}: {escaped(text)}" for name, text in notes)


def _source_list(rows: Iterable[Row]) -> str:
    """Return the sources that are too long for a cell, as a list."""
    sources = [(row.model, row.provenance, cells.long_source(row)) for row in ranked(rows)]
    lines = [
        f"* {escaped(f'{model}, {where}: {source}')}" for model, where, source in sources if source
    ]
    return "\n".join(dict.fromkeys(lines))


def _run_name(record: Record) -> str:
    return record.run + (f" (submission {record.submission})" if record.submission else "")


def _has_failed(record: Record) -> bool:
    return record.status == "failed"


def _first_line(record: Record) -> str:
    lines = (record.error or "").strip().splitlines()
    return escaped(lines[0][:_ERROR_LENGTH] if lines else "no reason given")


def mixed(records: Iterable[Record]) -> str:
    """Return a warning if the finished runs used different data, else "".

    The images behind a submission are not known here.
    """
    made_on = {
        (one.data_version, one.content_hash[:8])
        for one in records
        if not _has_failed(one) and not one.submission
    }
    if len(made_on) < 2:
        return ""
    first = sorted(made_on)[:_MOST_DATA]
    listed = ", ".join(f"{version} with hash {digest}" for version, digest in first)
    more = f", and {len(made_on) - len(first):,} more" if len(made_on) > len(first) else ""
    return f"**These runs were made on different data:** {listed}{more}."
