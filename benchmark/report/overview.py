"""The page over all runs: a table for each data config, ranked by F1, of classifiers macro F1."""

from functools import partial
from pathlib import Path

from benchmark.report.classification_page import TEMPLATES, href
from leaderboard.figures import classification as figures
from leaderboard.figures import files as figure_files
from leaderboard.ranking.grouping import rows_of
from leaderboard.ranking.rows import Row
from leaderboard.results.record import Record
from leaderboard.site import rendering
from leaderboard.site.leaderboards import Board, board, in_order
from leaderboard.site.score_axis import ends
from leaderboard.tasks import CLASSIFICATION, DETECTION

FIGURES = {  # their names in a config's folder, by task
    CLASSIFICATION: "ranking",
    DETECTION: "ranking-detectors",
}
COLUMNS = (  # of either task
    "f1", "accuracy", "ap50", "ap50_95", "validation_ap50", "validation", "count_error",
    "parameters", "time", "provenance",
)  # fmt: skip


def write(
    out: Path,
    found: list[Record],
    published: list[Row],
    with_page: set[str],
    problems: list[str],
) -> None:
    """Write `index.html`, and a figure for each config and task that has a finished run.

    Args:
      found: all records that could be read; published: rows of others, marked in the tables.
      with_page: links of the pages that were written; problems: what stands above the tables.

    Raises:
      OSError: `out` cannot be written to.
    """
    made = []
    tasks = [(data, task) for data in in_order(one.data for one in found) for task in FIGURES]
    for data, task in tasks:
        own = [one for one in found if (one.data, one.task) == (data, task)]
        if not own:
            continue
        rows = [row for row in published if (row.data, row.task) == (data, task)]
        made.append((FIGURES[task], _board(data, own, rows, with_page)))
        scored = [(line.row, f1) for line in made[-1][1].lines if (f1 := line.row.test["f1"])]
        if scored:
            draw = partial(
                figures.ranking,
                [_name(row) for row, _ in scored],
                [f1.mean for _, f1 in scored],
                [ends(f1) for _, f1 in scored],
                made[-1][1].score,
            )
            figure_files.write(out / data.split("/")[1], FIGURES[task], draw)
    rendering.write(out / "index.html", "overview.html", TEMPLATES, boards=made, problems=problems)


def _board(data: str, own: list[Record], rows: list[Row], with_page: set[str]) -> Board:
    links: dict[int, str] = {}
    for record in own:
        for row in rows_of([record]):
            rows.append(row)
            links[id(row)] = href(record) if href(record) in with_page else ""
    return board(data, own, rows, links, COLUMNS)


def _name(row: Row) -> str:
    mark = "published" if row.provenance == "published" else f"s{row.seeds}"
    return " ".join(part for part in (row.model, row.initialization, row.recipe, mark) if part)
