"""Rows as text: markdown for the pages, plain for the terminal."""

import re
from collections.abc import Callable, Iterable, Sequence

from tabulate import tabulate

from leaderboard.names import is_own
from leaderboard.record import Record
from leaderboard.record_checks import SCORES
from leaderboard.rows import Row, Value, ranked, rows_of

PHANTOM = "phantom_"  # configs whose pictures are generated: never among the real ones
COMPARABLE = 14  # number of classes of the paper's benchmark
_NOTES = {
    "patches_14class": "14 classes, official patches and splits (the paper's benchmark).",
    "patches_14class_worst_case": "14 classes, worst-case split: the test micrographs are those "
    "with the most particles. Not comparable with the official split.",
    "recropped_14class": "14 classes, official splits, patches cut from the micrographs by this "
    "project. Not exactly the official patches.",
    "mirror_11class": "**Eleven classes, NOT comparable with the 14-class tables.** Real patches "
    "from a public mirror, official splits, without Influenza, Lassa and Nipah virus.",
}
_COLUMNS = {  # header -> side its cells stand at
    "model": "left",
    "start": "left",
    "recipe": "left",
    "seeds": "left",
    "accuracy": "right",
    "macro precision": "right",
    "macro recall": "right",
    "macro F1 [95 %]": "right",
    "validation F1": "right",
    "input px": "right",
    "trainable parameters": "right",
    "epochs": "right",
    "minutes": "right",
    "device": "left",
    "img/s": "right",
    "provenance": "left",
}
_ERROR_LENGTH = 200  # characters of a failed run's error


def table_text(rows: Iterable[Row]) -> str:
    """Return a markdown table, ranked by macro F1; with no rows, one line that says so."""
    cells = [_cells(row) for row in ranked(rows)]
    if not cells:
        return "No runs yet."
    return tabulate(
        cells,
        headers=list(_COLUMNS),
        tablefmt="github",
        disable_numparse=True,
        colalign=list(_COLUMNS.values()),
    )


def summary_text(rows: Sequence[Row]) -> str:
    """Return a table for the terminal, ranked by macro F1."""
    several = len({row.recipe for row in rows}) > 1  # else the column says nothing
    headers = ["model", "start", *(["recipe"] if several else []), *SCORES, "parameters", "seconds"]
    cells = [
        [
            row.model,
            row.start,
            *([row.recipe] if several else []),
            *(_score(row.test[name], with_interval=False) for name in SCORES),
            _count(row.parameters),
            _number(row.seconds, lambda value: f"{value:.0f}"),
        ]
        for row in ranked(rows)
    ]
    sides = ["left"] * (3 if several else 2) + ["right"] * (len(SCORES) + 2)
    return tabulate(
        cells, headers=headers, tablefmt="simple", disable_numparse=True, colalign=sides
    )


def front_text(data: str, records: Iterable[Record], published: Iterable[Row]) -> str:
    """Return the note and a narrow markdown table of one data config, for the front page."""
    headers = ["model", "start", "input px", *SCORES, "trainable parameters", "provenance"]
    cells = [
        [
            escaped(row.model),
            row.start,
            _count(row.side),
            *(_score(row.test[name]) for name in SCORES),
            _count(row.parameters),
            row.provenance,
        ]
        for row in ranked(_rows(data, records, published))
    ]
    sides = ["left", "left", *["right"] * (len(SCORES) + 2), "left"]
    table = tabulate(
        cells, headers=headers, tablefmt="github", disable_numparse=True, colalign=sides
    )
    parts = [note(data), table if cells else "No runs yet.", _run_notes(data, records)]
    return "\n\n".join(part for part in parts if part)


def section_text(data: str, records: Iterable[Record], published: Iterable[Row]) -> str:
    """Return all that stands between the markers of one data config: table, notes, failed runs.

    Args:
      data: such as "tem_virus/patches_14class".
      records: of any config; only those of `data` are taken.
      published: of any config likewise.
    """
    own = [one for one in records if one.data == data]
    failed = [
        f"* Failed: {escaped(one.run)}: {_first_line(one)}" for one in own if _has_failed(one)
    ]
    table = table_text(_rows(data, own, published))
    parts = [note(data), table, _run_notes(data, own), "\n".join(failed), mixed(own)]
    return "\n\n".join(part for part in parts if part)


def escaped(text: str) -> str:
    r"""Return the text such that it can neither end a table's cell nor start markup.

    >>> print(escaped("a|b <!-- end -->"))
    a\|b &lt;!-- end --&gt;
    """
    line = " ".join(text.encode("utf-8", "replace").decode().split())
    line = re.sub(r"&(?=[#\w])", "&amp;", line).replace("<", "&lt;").replace(">", "&gt;")
    return re.sub(r"([\\|`*\[\]])", r"\\\1", "".join(c for c in line if c.isprintable()))


def _cells(row: Row) -> list[str]:
    return [
        *(escaped(text) for text in (row.model, row.start, row.recipe, row.seeds)),
        *(_score(row.test[name], with_interval=name == "f1") for name in SCORES),
        _score(row.validation_f1),
        _count(row.side),
        _count(row.parameters),
        _number(row.epochs, lambda value: f"{value:.3g}"),
        _number(row.seconds, lambda value: f"{value / 60:,.0f}"),
        escaped(row.device),
        _number(row.images_per_second, lambda value: f"{value:,.0f}"),
        escaped(f"{row.provenance}: {row.source}" if row.source else row.provenance),
    ]


def _score(value: Value | None, with_interval: bool = False) -> str:
    if value is None:
        return ""
    if value.std is not None:
        return f"{value.mean:.3f} ± {value.std:.3f}"
    if with_interval and value.interval:
        return f"{value.mean:.3f} [{value.interval[0]:.3f}, {value.interval[1]:.3f}]"
    return f"{value.mean:.3f}"


def _number(value: Value | None, form: Callable[[float], str]) -> str:
    return form(value.mean) if value else ""


def _count(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def note(data: str) -> str:
    """Return what must be known of a data config before its scores are compared, or ""."""
    config = data.rpartition("/")[2]
    if is_own(data):
        return "Somebody's own pictures: compares with nothing but runs on the same pictures."
    if config.startswith(PHANTOM):
        return "Generated pictures: these scores say nothing about viruses."
    if config in _NOTES:
        return _NOTES[config]
    number = re.search(r"_(\d+)class", config)
    if number and int(number[1]) != COMPARABLE:
        return f"**{number[1]} classes, NOT comparable with the 14-class tables.**"
    return ""


def _rows(data: str, records: Iterable[Record], published: Iterable[Row]) -> list[Row]:
    own = rows_of(one for one in records if one.data == data)
    return [*(row for row in published if row.data == data), *own]


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
    """Return a warning when the finished runs were made on different data, else nothing."""
    made_on = {(r.data_version, r.content_hash[:8]) for r in records if not _has_failed(r)}
    if len(made_on) < 2:
        return ""
    listed = ", ".join(f"{version} with hash {digest}" for version, digest in sorted(made_on))
    return f"**These runs were made on different data:** {listed}."
