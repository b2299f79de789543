"""The page of a benchmark; those of the data configs, each with a table of rows."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from leaderboard.files.atomic import write_bytes
from leaderboard.ground_truth import configs
from leaderboard.ranking.rows import Row
from leaderboard.results.official import OfficialScores
from leaderboard.results.record import Record
from leaderboard.site import rendering, start_page
from leaderboard.site.benchmarks import Benchmark, Section, listing
from leaderboard.site.classes import overview
from leaderboard.site.classes.facts import PICTURE_NM
from leaderboard.site.downloads import citation, comparison, table_files
from leaderboard.site.drawings.cost_plot import plots
from leaderboard.site.leaderboards import Board, Group, board, in_order

SHOWN = 50  # rows in the page itself; the others are in `MORE`, which the page loads
MORE = "more.js"
ALL = "all.html"  # a plain table of all rows, where the page has not all


def write(
    folder: Path, benchmark: Benchmark, others: Sequence[Benchmark], **shared: Any
) -> None:
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
    files: dict[str, bytes] = {}
    downloads = []
    if table.lines:
        files = {table_files.CSV: table_files.as_csv(table), table_files.JSON: table_files.as_json(table)}
        downloads = [("CSV", table_files.CSV), ("JSON", table_files.JSON)]
    if any(line.row.evidence for line in table.lines):
        files[comparison.TABLE] = comparison.of_table([line.row for line in table.lines])
    first, rest = _divided(table.groups)
    if rest:
        files[MORE] = _more(table, rest)
        files[ALL] = rendering.text_of("all.html", board=table).encode()
    classes = overview.of(table.data, table.task, [line.row for line in table.lines]) if table.lines else None
    costs = [] if configs.is_phantom(table.data) else plots(table)
    sections = [
        Section(
            "table", "Table", "section_table.html",
            {
                "board": table, "groups": first, "filters": _filters(table),
                "more": MORE if rest else "", "all": ALL if rest else "",
                "comparable": comparison.TABLE in files,
            },
        )
    ]  # fmt: skip
    if costs:
        sections.append(
            Section("costs", "Score and cost", "section_costs.html", {"plots": costs, "board": table})
        )
    if classes and classes.heat:
        sections.append(
            Section("by-class", "Models by class", "section_heat.html", {"classes": classes, "lines": table.lines})
        )
    if classes:
        sections.append(
            Section(
                "classes", "How hard is each class?" if classes.heat else "Classes",
                "section_classes.html", {"classes": classes, "picture_nm": PICTURE_NM},
            )
        )  # fmt: skip
    if table.official:
        sections.append(
            Section("official", "Official test patches", "section_official.html", {"note": table.official})
        )
    sections.append(Section("columns", "What the columns mean", "section_columns.html", {"board": table}, open=False))
    return Benchmark(
        slug=listing(table.data).slug,
        data=table.data,
        title=table.title,
        is_phantom=configs.is_phantom(table.data),
        note=table.note,
        mixed=table.mixed,
        card=start_page.card(table),
        sections=sections,
        downloads=downloads,
        files=files,
    )


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
    sizes = [row.parameters for row in rows if row.parameters]
    found = [
        ("Provenance", "prov", sorted({row.provenance for row in rows})),
        ("Initialization", "init", sorted({row.initialization for row in rows if row.initialization})),
        ("Pretraining", "pre", sorted({row.pretraining for row in rows if row.pretraining})),
    ]
    choices = [
        (title, name, [(value, value if len(value) <= 40 else f"{value[:39]}…") for value in values])
        for title, name, values in found
        if len(values) > 1 and len(values) <= 20
    ]
    if len(set(sizes)) > 1:
        limits = [("1e6", "up to 1 M"), ("1e7", "up to 10 M"), ("1e8", "up to 100 M")]
        choices.append(("Parameters", "size", [one for one in limits if min(sizes) <= float(one[0]) < max(sizes)]))
    return [choice for choice in choices if choice[2]]
