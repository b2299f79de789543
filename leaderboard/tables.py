"""Rows as text: markdown for the pages, plain for the terminal."""

from collections.abc import Iterable, Sequence

from tabulate import tabulate

from leaderboard import cells, configs
from leaderboard.cells import escaped
from leaderboard.detection import table_cells
from leaderboard.paired import Difference, against_best
from leaderboard.record import Record
from leaderboard.record_checks import DETECTION, SCORES
from leaderboard.rows import Row, ranked

_ERROR_LENGTH = 200  # characters of a failed run's error
_LEFT = frozenset(
    ("model", "start", "recipe", "seeds", "device", "pretraining", "extra data", "provenance")
)


def table_text(rows: Iterable[Row]) -> str:
    """Return a markdown table, ranked by F1, without the columns of which nothing is known.

    With no rows, one line that says so.
    """
    in_order = ranked(rows)
    return _markdown([_cells(*pair) for pair in zip(in_order, against_best(in_order), strict=True)])


def front_text(data: str, records: Iterable[Record], rows: Iterable[Row]) -> str:
    """Return the note and a narrow markdown table of one data config, for the front page.

    Takes what `section_text` does.
    """
    lines = [_front(row) for row in ranked(row for row in rows if row.data == data)]
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
            "start": row.start,
            **({"recipe": row.recipe} if several else {}),
            **_summary(row),
            "parameters": cells.count(row.parameters),
            "seconds": cells.number(row.seconds, lambda value: f"{value:.0f}"),
        }
        for row in ranked(rows)
    ]
    return _tabulated(lines, "simple")


def _front(row: Row) -> dict[str, str]:
    if row.task == DETECTION:
        return table_cells.front(row)
    return {
        "model": escaped(row.model),
        "start": row.start,
        "runs": cells.runs(row),
        "accuracy": cells.score(row.test["accuracy"], with_interval=False),
        "macro F1 [95 %]": cells.score(row.test["f1"]),
        "validation F1": cells.score(row.validation_f1),
        "input px": cells.count(row.side),
        "trainable parameters": cells.count(row.parameters),
        "provenance": row.provenance,
    }


def _summary(row: Row) -> dict[str, str]:
    if row.task == DETECTION:
        return table_cells.summary(row)
    return {name: cells.score(row.test[name], with_interval=False) for name in SCORES}


def _cells(row: Row, against: Difference | None) -> dict[str, str]:
    if row.task == DETECTION:
        return table_cells.whole(row, against)
    worst = row.worst_class
    return {
        **cells.names(row),
        "accuracy [95 %]": cells.score(row.test["accuracy"]),
        "macro precision [95 %]": cells.score(row.test["precision"]),
        "macro recall [95 %]": cells.score(row.test["recall"]),
        "macro F1 [95 %]": cells.score(row.test["f1"]),
        "F1 against the best [95 %]": cells.against(against),
        "F1 of clean patches": cells.score(row.clean_f1),
        "validation F1": cells.score(row.validation_f1),
        "calibration error": cells.score(row.calibration_error),
        "worst class F1": escaped(f"{worst[0]} {worst[1].mean:.2f}") if worst else "",
        "mean of micrographs": cells.score(row.micrograph_mean),
        **cells.effort(row),
    }


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
                f"* {escaped(f'{one.model}, {one.start}, {one.recipe}')}: {escaped(one.notes)}"
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
