"""All pages of the site: two with tables, and one for each row that is not only published."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from leaderboard.ground_truth import configs
from leaderboard.ranking import published
from leaderboard.ranking.grouping import rows_of
from leaderboard.ranking.rows import Row
from leaderboard.results import official
from leaderboard.results import store as records
from leaderboard.results.official import OfficialScores
from leaderboard.results.record import INITIALIZATIONS, PROVENANCES, Record
from leaderboard.site import columns, rendering, row_page
from leaderboard.site.cost_plot import plots
from leaderboard.site.leaderboards import board as leaderboard
from leaderboard.site.leaderboards import in_order
from leaderboard.site.row_page import Place
from leaderboard.submission.card import Card, read
from leaderboard.tasks import TASKS

PHANTOMS = "phantoms.html"
TITLES = {"index.html": "tem-virus leaderboard", PHANTOMS: "Synthetic micrographs (phantoms)"}
PROJECT = {  # files of the repository that the header links, by title
    "Data": "tem_virus_dataset/tem_virus/README.md",
    "Submit": "docs/submit.md",
    "Rules": "docs/rules.md",
}
ROWS = "rows"  # folder of the rows' pages
TOP = frozenset((*TITLES, ROWS))  # all that lies in the site's folder


def write(out: Path, root: Path, repository: str = "") -> None:
    """Write the site into an empty folder.

    Args:
      root: folder of the records; cards of submissions are in `submissions` beside it.
      repository: address that shows the files of the repository; without it they are not linked.

    Raises:
      RecordError: a record, a line of published scores or predictions that cannot be used.
      CardError: a card that cannot be used.
      OSError: the folder cannot be written to.
    """
    base = repository.rstrip("/")
    project = [(title, f"{base}/{file}") for title, file in PROJECT.items() if base]
    project += [("Repository", base)] if base else []
    found = records.read_all(root)
    own = rows_of(found, root)
    on_official = official.of_records(root, found)
    cards = [_card(row, root) for row in own]
    places = _places(own)
    for row, card, place in zip(own, cards, places, strict=True):
        page = Place(out / place / "index.html")
        row_page.write(page, row, root, card, on_official, project_links=project)
    links = {id(row): f"{place}/index.html" for row, place in zip(own, places, strict=True)}
    rows = [*published.read_all(), *own]
    for name in TITLES:
        _write_tables(out, name, found, rows, links, on_official, project)


def _write_tables(
    out: Path,
    name: str,
    found: Sequence[Record],
    rows: Sequence[Row],
    links: dict[int, str],
    on_official: Sequence[tuple[Record, OfficialScores]],
    project: list[tuple[str, str]],
) -> None:
    phantoms = name == PHANTOMS
    data = in_order([*(one.data for one in found), *(row.data for row in rows)])
    boards = [
        leaderboard(one, found, rows, links, on_official=on_official)
        for one in data
        if configs.is_phantom(one) == phantoms
    ]
    shown = [line.row for board in boards for line in board.lines]
    used = [column for board in boards for column in board.columns]
    known = dict.fromkeys(column for task in TASKS for column in columns.of_task(task))
    rendering.write(
        out / name,
        "index.html",
        title=TITLES[name],
        phantoms=phantoms,
        other="" if phantoms or not any(map(configs.is_phantom, data)) else TITLES[PHANTOMS],
        up="",
        project_links=project,
        boards=[(board, [] if phantoms else plots(board)) for board in boards],
        columns=[column for column in known if column in used],
        filters=_filters(shown),
    )


def _filters(rows: Iterable[Row]) -> list[tuple[str, str, list[str]]]:
    """Return title, name and values of each choice that leaves something out."""
    held = list(rows)
    found = [
        ("Provenance", "provenance", [p for p in PROVENANCES if p in {r.provenance for r in held}]),
        (
            "Initialization",
            "initialization",
            [start for start in INITIALIZATIONS if start in {r.initialization for r in held}],
        ),
    ]
    return [choice for choice in found if len(choice[2]) > 1]


def _card(row: Row, root: Path) -> Card | None:
    name = row.records[0].submission
    return read(root.parent / "submissions" / name / "card.toml") if name else None


def _places(rows: Sequence[Row]) -> list[str]:
    """Return the folder of each row's page; no two differ in case alone."""
    taken: set[str] = set()
    places = []
    for row in rows:
        base = f"{ROWS}/{row.data}/{row.model}-{row.initialization}-{row.recipe}"
        names = [base, *(f"{base}-{number}" for number in range(2, len(rows) + 1))]
        places.append(next(name for name in names if name.lower() not in taken))
        taken.add(places[-1].lower())
    return places
