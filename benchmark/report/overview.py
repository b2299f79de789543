"""The page over all runs: a table for each data config and task, ranked by F1."""

from functools import partial
from pathlib import Path

from benchmark.report.page import TEMPLATES, href
from benchmark.report.parts import part
from leaderboard.figures import classification as figures
from leaderboard.figures import files as figure_files
from leaderboard.ranking.grouping import rows_of
from leaderboard.ranking.rows import Row
from leaderboard.results.record import Record
from leaderboard.site.boards.leaderboards import Board, board, in_order, under
from leaderboard.site.drawings.score_axis import ends
from leaderboard.site.text import rendering
from leaderboard.tasks import TASKS


def write(
    out: Path,
    records: list[Record],
    published: list[Row],
    with_page: set[str],
    problems: list[str],
) -> None:
    """Write `index.html`, and a figure for each config and task that has a finished run.

    Args:
      records: all that could be read; published: rows of others, marked in the tables.
      with_page: links of the pages that were written; problems: messages above the tables.

    Raises:
      OSError: `out` cannot be written to.
    """
    boards = []
    for data in in_order(record.data for record in records):
        for task in TASKS:
            own = [record for record in records if (record.data, record.task) == (data, task)]
            if own:
                rows = [row for row in published if (row.data, row.task) == (data, task)]
                boards.append((f"ranking-{task}", _board(data, task, own, rows, with_page)))
    for figure, table in boards:
        scored = [(line.row, f1) for line in table.lines if (f1 := line.row.test["f1"])]
        if scored:
            draw = partial(
                figures.ranking,
                [_name(row) for row, _ in scored],
                [f1.mean for _, f1 in scored],
                [ends(f1) for _, f1 in scored],
                table.score,
            )
            figure_files.write(out / table.data.split("/")[1], figure, draw)
    rendering.write(
        out / "index.html", "overview.html", TEMPLATES, boards=boards, problems=problems
    )


def _board(data: str, task: str, own: list[Record], rows: list[Row], with_page: set[str]) -> Board:
    links: dict[int, str] = {}
    for record in own:
        for row in rows_of([record]):
            rows.append(row)
            links[id(row)] = href(record) if href(record) in with_page else ""
    return board(data, own, rows, links, part(task).COLUMNS, label=under)


def _name(row: Row) -> str:
    mark = "published" if row.provenance == "published" else f"s{row.seeds}"
    return " ".join(text for text in (row.model, row.initialization, row.recipe, mark) if text)
