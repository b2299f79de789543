"""Rows as text: markdown for the pages, plain for the terminal."""

from collections.abc import Iterable, Sequence
from types import ModuleType

from tabulate import tabulate

from leaderboard.ground_truth import configs
from leaderboard.ranking.paired_bootstrap import against_best
from leaderboard.ranking.rows import Row, ranked
from leaderboard.results.record import Record
from leaderboard.tables import cells
from leaderboard.tables import classification as patch_cells
from leaderboard.tables import detection as table_cells
from leaderboard.tables.cells import escaped
from leaderboard.tasks import DETECTION

_ERROR_LENGTH = 200  # characters of a failed run's error
_LEFT = frozenset(
    (
        "model",
        "initialization",
        "recipe",
        "seeds",
        "device",
        "pretraining",
        "extra data",
        "provenance",
    )
)


def table_text(rows: Iterable[Row]) -> str:
    """Return a markdown table, ranked by F1, without the columns of which nothing is known.

    With no rows, one line that says so.
    """
    in_order = ranked(rows)
    pairs = zip(in_order, against_best(in_order), strict=True)
    return _markdown([_cells(row).whole(row, against) for row, against in pairs])


def front_text(data: str, records: Iterable[Record], rows: Iterable[Row]) -> str:
    """Return the note and a narrow markdown table of one data config, for the front page.

    Takes what `section_text` does.
    """
    lines = [_cells(row).front(row) for row in ranked(row for row in rows if row.data == data)]
    parts = [configs.note(data), _markdown(lines), _run_notes(data, records)]
    return "\n\n".join(part for part in parts if part)


def section_text(data: str, records: Iterable[Record], rows: Iterable[Row]) -> str:
    """Return all that stands between the markers of one data config: table, notes, failed runs.

    Args:
      data: such as "tem_virus/patches_14class".
      records: of any config; only those of `data` are taken.
      rows: of any config likewise; the published ones among them.
    """
    own = [one for one in records if one.data == data]
    failed = [
        f"* Failed: {escaped(one.run)}: {_first_line(one)}" for one in own if _has_failed(one)
    ]
    table = table_text(row for row in rows if row.data == data)
    parts = [configs.note(data), table, _run_notes(data, own), "\n".join(failed), mixed(own)]
    return "\n\n".join(part for part in parts if part)


def summary_text(rows: Sequence[Row]) -> str:
    """Return a table for the terminal, ranked by F1; all rows are of one task."""
    several = len({row.recipe for row in rows}) > 1  # else the column says nothing
    lines = [
        {
            "model": row.model,
            "initialization": row.initialization,
            **({"recipe": row.recipe} if several else {}),
            **_cells(row).summary(row),
            "parameters": cells.count(row.parameters),
            "seconds": cells.number(row.seconds, lambda value: f"{value:.0f}"),
        }
        for row in ranked(rows)
    ]
    return _tabulated(lines, "simple")


def row_text(row: Row) -> str:
    """Return one row for the terminal, a line for each score."""
    lines = list(_cells(row).alone(row).items())
    return tabulate(lines, tablefmt="plain", disable_numparse=True)


def _cells(row: Row) -> ModuleType:
    """Return what makes the cells of the row's task."""
    return table_cells if row.task == DETECTION else patch_cells


def _markdown(lines: list[dict[str, str]]) -> str:
    if not lines:
        return "No runs yet."
    told = [name for name in lines[0] if any(line[name] for line in lines)]
    return _tabulated([{name: line[name] for name in told} for line in lines], "github")


def _tabulated(lines: list[dict[str, str]], form: str) -> str:
    headers = list(lines[0]) if lines else []
    return tabulate(
        [list(line.values()) for line in lines],
        headers=headers,
        tablefmt=form,
        disable_numparse=True,
        colalign=["left" if name in _LEFT else "right" for name in headers],
    )


def _run_notes(data: str, records: Iterable[Record]) -> str:
    """Return what was noted beside the runs, as a list; once for all seeds of a run."""
    noted = (one for one in records if one.data == data and one.notes)
    return "\n".join(
        sorted(
            {
                f"* {escaped(', '.join((one.model, one.initialization, one.recipe)))}: "
                f"{escaped(one.notes)}"
                for one in noted
            }
        )
    )


def _has_failed(record: Record) -> bool:
    return record.status == "failed"


def _first_line(record: Record) -> str:
    lines = (record.error or "").strip().splitlines()
    return escaped(lines[0][:_ERROR_LENGTH] if lines else "no reason given")


def mixed(records: Iterable[Record]) -> str:
    """Return a warning when the finished runs were made on different data, else nothing.

    What pictures a submission was made on is not known here.
    """
    made_on = {
        (one.data_version, one.content_hash[:8])
        for one in records
        if not _has_failed(one) and not one.submission
    }
    if len(made_on) < 2:
        return ""
    listed = ", ".join(f"{version} with hash {digest}" for version, digest in sorted(made_on))
    return f"**These runs were made on different data:** {listed}."
