"""The page of the boards, `leaderboard/novelty/README.md`: tables between markers, in prose."""

from collections.abc import Sequence
from pathlib import Path

from tabulate import tabulate

from leaderboard.files.names import BadNameError
from leaderboard.open_set import boards, row_scores, rows, warnings
from leaderboard.open_set.folder import Origin, RowError
from leaderboard.open_set.rows import Row
from leaderboard.submission.card import CardError
from leaderboard.tables import cells, markers

FOLDER, PAGE = "novelty", "README.md"  # beside the records
_PREFIX = "open_set/"  # of the markers
COLUMNS = {
    "aupr_unknown": "AUPR unknown",
    "aupr_known": "AUPR known",
    "fpr95": "FPR95",
    "oscr": "OSCR",
    "aurc": "AURC",
    "micrograph auroc": "AUROC by micrograph",
    "micrograph oscr": "OSCR by micrograph",
    "accuracy": "accuracy",
    "f1": "macro F1",
}


def changed(root: Path) -> dict[Path, str]:
    """Return the new text of the page where it is stale; root: `leaderboard`.

    Raises:
      RenderError: a row cannot be used, or the markers cannot be followed.
    """
    page = root / FOLDER / PAGE
    old = markers.page_text(page)
    if old is None:
        return {}
    wanted = [name.removeprefix(_PREFIX) for name in markers.configs_of(str(page), old)]
    try:
        tables = {
            f"{_PREFIX}{board}": section(board, rows.read_all(root / FOLDER, board))
            for board in wanted
            if board in boards.BOARDS
        }
    except (RowError, CardError, BadNameError) as error:
        raise markers.RenderError(str(error)) from error
    new = markers.filled(str(page), old, (), lambda name: tables.get(name, ""))
    return {page: new} if new != old else {}


def section(board: str, found: Sequence[Row]) -> str:
    """Return the tables of a board in Markdown; found: its rows, the best first."""
    if not found:
        return "No row yet."
    parts = [_ranking(board, found), _groups(board, found)]
    best = found[0]
    parts.append(
        f"Pairs, of {cells.escaped(best.name)}: AUROC of the unknown (row) against the patches of "
        "one known class (column). The class that most of its patches are called is in bold."
    )
    parts.append(_pairs(best))
    parts.append(
        "\n".join(
            [
                *(f"* {cells.escaped(row.name)}: {_about(row)}" for row in found),
                *(f"* {cells.escaped(text)}" for text in warned(found)),
            ]
        )
    )
    return "\n\n".join(parts)


def warned(found: Sequence[Row]) -> list[str]:
    """Return a sentence for each warning about a row, and for each row that was taken back."""
    texts = [
        f"Warning: {row.name}: {text}"
        for row, about_row in zip(found, warnings.of_rows(found), strict=True)
        for text in about_row
    ]
    return [*texts, *(f"Taken back: {row.name}: {row.retired}" for row in found if row.retired)]


def _ranking(board: str, found: Sequence[Row]) -> str:
    verdicts = rows.verdicts(found)
    has_sessions = any(row.scores.mean("sessions") is not None for row in found)
    header = ["row", "AUROC [95 %]", "vs best [95 %]", *COLUMNS.values()]
    header += ["unseen sessions (.5)"] * has_sessions
    lines = []
    for row, verdict in zip(found, verdicts, strict=True):
        line = [
            cells.escaped(row.name),
            _with_interval(row, row_scores.MAIN),
            cells.against_best(verdict),
            *(_value(row, name) for name in COLUMNS),
        ]
        lines.append(line + [_with_interval(row, "sessions")] * has_sessions)
    return _table(lines, header)


def _groups(board: str, found: Sequence[Row]) -> str:
    names = boards.CLASSES if board == boards.MIRROR else (*boards.UNKNOWN, *boards.FAR)
    lines = [
        [cells.escaped(row.name), *(_with_interval(row, f"auroc {name}") for name in names)]
        for row in found
    ]
    return _table(lines, ["AUROC of", *names])


def _pairs(row: Row) -> str:
    lines = []
    for group, of_class in row.scores.pairs.items():
        called = row.scores.called[group]
        most = max(called, key=lambda name: called[name])
        line = [f"{group} ({called[most]:.0%} called {most})"]
        for name in boards.CLASSES:
            text = f"{of_class[name]:.2f}" if name in of_class else cells.UNKNOWN
            line.append(f"**{text}**" if name == most else text)
        lines.append(line)
    return _table(lines, ["unknown", *boards.CLASSES])


def _about(row: Row) -> str:
    about, count = row.about, len(row.scores.seeds)
    texts = [
        f"{cells.escaped(about.model)}, {cells.escaped(about.recipe)}",
        f"novelty: {cells.escaped(about.method)}"
        if isinstance(about, Origin)
        else f"submitted: {cells.escaped(about.code)}",
        f"seed{'s' if count > 1 else ''} {', '.join(row.scores.seeds)}",
        *([] if isinstance(about, Origin) else map(cells.escaped, about.beside_scores)),
        f"chosen: {cells.escaped(about.chosen)}",
        cells.escaped(about.notes),
    ]
    return "; ".join(text for text in texts if text)


def _value(row: Row, name: str) -> str:
    value = row.scores.mean(name)
    return "" if value is None else f"{value:.3f}"


def _with_interval(row: Row, name: str) -> str:
    ends = row.scores.intervals.get(name)
    return _value(row, name) + (f" [{ends[0]:.3f}, {ends[1]:.3f}]" if ends else "")


def _table(lines: list[list[str]], header: Sequence[str]) -> str:
    return tabulate(lines, header, tablefmt="github", disable_numparse=True)
