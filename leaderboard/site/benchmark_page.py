"""The page of a benchmark; those of the data configs, each with a table of rows."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from leaderboard.files.atomic import write_bytes
from leaderboard.ground_truth import configs
from leaderboard.ranking.rows import Row
from leaderboard.results.official import OfficialScores
from leaderboard.results.record import Record
from leaderboard.site import start_page
from leaderboard.site.boards import comparison, table_files
from leaderboard.site.boards.benchmarks import Benchmark, Section, listing
from leaderboard.site.boards.cost_plot import plots
from leaderboard.site.boards.leaderboards import Board, Group, board, in_order
from leaderboard.site.classes import overview
from leaderboard.site.classes.facts import PICTURE_NM
from leaderboard.site.text import citation, rendering

SHOWN = 50  # rows in the page itself; the others are in `MORE`, which the page loads
MORE = "more.js"
MOST_CHOICES = 20  # of a filter; more are searched for
SIZES = (1e6, 1e7, 1e8)  # trainable parameters
ALL = "all.html"  # a plain table of all rows, where the page has not all


def write(folder: Path, benchmark: Benchmark, others: Sequence[Benchmark], **shared: Any) -> None:
    """Write a benchmark's page and the files beside it.

    Args:
      others: all benchmarks, for the navigation; shared: what the templates of all pages need.

    Raises:
      OSError: the folder cannot be written to.
    """
    for name, content in benchmark.files.items():
        write_bytes(folder / name, content)
    rendering.write(
        folder / "index.html", "benchmark.html", benchmark=benchmark, others=others, up="../",
        cite=f"{citation.DATA}\n{citation.project(shared['year'])}", **shared,
    )  # fmt: skip


def of_configs(
    records: Sequence[Record],
    rows: Sequence[Row],
    links: Mapping[int, str],
    on_official: Iterable[tuple[Record, OfficialScores]],
) -> list[Benchmark]:
    """Return the benchmark of every data config with a record or a row.

    Args:
      links: of the rows' pages by `id(row)`, relative to the benchmark's page.
    """
    data = in_order([*(one.data for one in records), *(row.data for row in rows)])
    held = list(on_official)
    return [_of_board(board(one, records, rows, links, on_official=held)) for one in data]


def _of_board(table: Board) -> Benchmark:
    first, rest = _divided(table.groups)
    files, downloads = _files(table, rest)
    rows = {
        "board": table, "groups": first, "filters": _filters(table),
        "more": MORE if rest else "", "all": ALL if rest else "",
        "comparable": comparison.TABLE in files,
    }  # fmt: skip
    return Benchmark(
        slug=listing(table.data).slug,
        data=table.data,
        title=table.title,
        is_phantom=configs.is_phantom(table.data),
        note=table.note,
        mixed=table.mixed,
        card=start_page.card(table),
        sections=[Section("table", "Table", "section_table.html", rows), *_sections(table)],
        downloads=downloads,
        files=files,
    )


def _sections(table: Board) -> Iterator[Section]:
    """Yield the sections below the table, those of which something is known."""
    costs = [] if configs.is_phantom(table.data) else plots(table)
    if costs:
        content = {"plots": costs, "board": table}
        yield Section("costs", "Score and cost", "section_costs.html", content)
    rows = [line.row for line in table.lines]
    classes = overview.of(table.data, table.task, rows) if rows else None
    if classes and classes.heat:
        content = {"classes": classes, "lines": table.lines}
        yield Section("by-class", "Models by class", "section_heat.html", content)
    if classes:
        title = "How hard is each class?" if classes.heat else "Classes"
        content = {"classes": classes, "picture_nm": PICTURE_NM}
        yield Section("classes", title, "section_classes.html", content)
    if table.official:
        content = {"note": table.official}
        yield Section("official", "Official test patches", "section_official.html", content)
    title, template = "What the columns mean", "section_columns.html"
    yield Section("columns", title, template, {"board": table}, open=False)


def _files(table: Board, rest: Sequence[Group]) -> tuple[dict[str, bytes], list[tuple[str, str]]]:
    """Return the files beside the page, by name, and text and name of those to download."""
    if not table.lines:
        return {}, []
    files = {
        table_files.CSV: table_files.as_csv(table),
        table_files.JSON: table_files.as_json(table),
    }
    if any(line.row.rescored for line in table.lines):
        files[comparison.TABLE] = comparison.of_table([line.row for line in table.lines])
    if rest:
        files[MORE] = _more(table, rest)
        files[ALL] = rendering.text_of("all.html", board=table).encode()
    return files, [("CSV", table_files.CSV), ("JSON", table_files.JSON)]


def _divided(groups: Sequence[Group]) -> tuple[list[Group], list[Group]]:
    """Divide the rows of a table into the first `SHOWN` and the rest; each keeps its groups."""
    first, rest, left = [], [], SHOWN
    for group in groups:
        held, others = group.lines[:left], group.lines[left:]
        left -= len(held)
        first.append(Group(group.name, group.title, group.about, held))
        if others:
            rest.append(Group(group.name, group.title, group.about, others))
    return first, rest


def _more(table: Board, groups: Sequence[Group]) -> bytes:
    """Return the script with the rows that the page lacks, as HTML by group."""
    rows = {
        group.name: rendering.text_of("more_rows.html", board=table, lines=group.lines)
        for group in groups
    }
    text = json.dumps(rows, ensure_ascii=True)
    return f"moreRows({text});\n".encode()


def _filters(table: Board) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return title, name, and value and text of the choices, of each filter that divides rows."""
    rows = [line.row for line in table.lines]
    named: tuple[tuple[str, str, Callable[[Row], str]], ...] = (
        ("Provenance", "prov", lambda row: row.provenance),
        ("Initialization", "init", lambda row: row.initialization),
        ("Pretraining", "pre", lambda row: row.pretraining),
    )
    filters = []
    for title, name, get in named:
        values = sorted({get(row) for row in rows} - {""})
        if 2 <= len(values) <= MOST_CHOICES:
            filters.append((title, name, [(value, _cut(value)) for value in values]))
    sizes = [row.parameters for row in rows if row.parameters]
    limits = [
        (f"{limit:.0f}", f"up to {limit / 1e6:g} M")
        for limit in SIZES
        if sizes and min(sizes) <= limit < max(sizes)
    ]
    return [*filters, ("Parameters", "size", limits)] if limits else filters


def _cut(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
