"""The tables of the site: one for each data config, ranked by F1, of classifiers macro F1."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from leaderboard.ground_truth import configs
from leaderboard.ranking.comparison import Difference, against_best
from leaderboard.ranking.rows import Row, ranked
from leaderboard.results.official import OfficialScores
from leaderboard.results.record import Record
from leaderboard.site.boards import columns, flags
from leaderboard.site.boards.benchmarks import LISTINGS, listing
from leaderboard.site.boards.column import Cell, Column
from leaderboard.site.boards.flags import Flag
from leaderboard.site.drawings.score_axis import Axis, Drawn, axis, drawn
from leaderboard.tables import cells, official, tables
from leaderboard.tables.names import short_recipes
from leaderboard.tasks import TASKS

SOURCE_LENGTH = 90  # characters of a source below a name; a longer one is a note below the table
RANKED, UNRANKED, PUBLISHED = "ranked", "unranked", "published"
GROUPS = {  # in the order of a table: title, and what it means
    RANKED: ("Scored here, three seeds or more", "These rows have a rank."),
    UNRANKED: (
        "Scored here, fewer than three seeds",
        "Without a rank: how far another seed would be from such a row is not known.",
    ),
    PUBLISHED: ("Published, not checked here", "Copied from papers, often by other rules."),
}


@dataclass(frozen=True)
class Line:
    """One row of a table.

    Attributes:
      rank: its number among the ranked rows, None elsewhere; slug: its id in the table.
      link: of its page, relative to that of the table, or ""; under: the line below its name.
      drawn: place of its F1 on the axis, None where not known; cells: by column.
      flags: what a reader must know beside its scores.
    """

    row: Row
    rank: int | None
    slug: str
    link: str
    under: str
    drawn: Drawn | None
    difference: Difference | None
    cells: list[Cell]
    flags: list[Flag]

    @property
    def source(self) -> str:
        """Source of a published row, "" where it is too long to stand below the name."""
        short = len(self.row.source) <= SOURCE_LENGTH and self.row.provenance == "published"
        return self.row.source if short else ""

    @property
    def verdict(self) -> str:
        """How it compares with the best row: "best", "tied", "open" or "", as in Markdown."""
        return cells.verdict(self.difference)

    @property
    def margin(self) -> str:
        """Its difference from the best row, and the interval of that."""
        return cells.difference(self.difference)


@dataclass(frozen=True)
class Group:
    """Rows of a table that stand together: `name` of `GROUPS`, title, meaning, and the rows."""

    name: str
    title: str
    about: str
    lines: list[Line]


@dataclass(frozen=True)
class Board:
    """All rows of one data config.

    Attributes:
      note: what a reader must know before comparing its scores; mixed: a warning if the runs used
        different data; each may be "".
      axis: of the drawn scores; sources: name and text of the long ones; notes: of runs.
      official: its networks on the official test patches, None where none was scored on them.
      failed: name and first line of the reason, of runs without a finished one of their name.
    """

    data: str
    title: str
    note: str
    mixed: str
    columns: list[Column]
    groups: list[Group]
    axis: Axis
    sources: list[tuple[str, str]]
    notes: list[tuple[str, str]]
    official: official.Note | None
    failed: list[tuple[str, str]]

    @property
    def lines(self) -> list[Line]:
        """All rows, group by group."""
        return [line for group in self.groups for line in group.lines]

    def any(self, provenance: str) -> bool:
        """Say whether a row has this provenance."""
        return any(line.row.provenance == provenance for line in self.lines)

    @property
    def warnings(self) -> list[tuple[str, str]]:
        """Name of a row and text of each warning about it."""
        return [
            (f"{line.row.model}, {line.under}", flag.about)
            for line in self.lines
            for flag in line.flags
            if flag.text == flags.WARNING
        ]

    @property
    def task(self) -> str:
        """Task of its rows; "" without a row."""
        return self.lines[0].row.task if self.lines else ""

    @property
    def score(self) -> str:
        """Name of the score that its rows are ranked by; "" without a row."""
        return TASKS[self.task].ranked_by if self.lines else ""

    @property
    def has_spread(self) -> bool:
        """Whether a drawing shows a standard deviation, not an interval."""
        return any(line.drawn and line.drawn.spread and line.drawn.low for line in self.lines)


def in_order(data: Iterable[str]) -> list[str]:
    """Return data configs as the site shows them, each once, phantoms last."""
    known = list(LISTINGS)

    def place(one: str) -> tuple[bool, int, str]:
        return configs.is_phantom(one), known.index(one) if one in known else len(known), one

    return sorted(set(data), key=place)


def board(
    data: str,
    records: Iterable[Record],
    rows: Sequence[Row],
    links: Mapping[int, str],
    names: Sequence[str] = (),
    on_official: Iterable[tuple[Record, OfficialScores]] = (),
    label: Callable[[Row], str] | None = None,
) -> Board:
    """Make the table of one data config.

    Args:
      records, rows: of any config, only those of `data` are taken.
      links: of the rows' pages by `id(row)`.
      names: of the columns; all with a known value where empty.
      on_official: records of any config with the scores of their networks on official patches.
      label: what stands below the name of a row; the shortest that is distinct where not given.
    """
    own = [record for record in records if record.data == data]
    order = ranked(row for row in rows if row.data == data)
    compared = list(zip(order, against_best(order), strict=True))
    chosen, on = columns.known(compared, names), axis(order)
    finished = {one.key for one in own if one.status == "finished"}
    labels = {id(row): label(row) for row in order} if label else _labels(order)
    flagged = dict(zip(map(id, order), flags.of_table(order), strict=True))
    groups = []
    for name, (title, about) in GROUPS.items():
        members = [pair for pair in compared if _group(pair[0]) == name]
        lines = [
            Line(
                row=row,
                rank=number if name == RANKED else None,
                slug=link.partition("/")[0]
                if (link := links.get(id(row), "")).endswith("/index.html")
                else "",
                link=link,
                under=labels[id(row)],
                drawn=drawn(row.test["f1"], on),
                difference=difference,
                cells=[column.cell(row, difference) for column in chosen],
                flags=flagged[id(row)],
            )
            for number, (row, difference) in enumerate(members, start=1)
        ]
        groups += [Group(name, title, about, lines)] if lines else []
    return Board(
        data=data,
        title=listing(data).title,
        note=configs.note(data).replace("**", ""),
        mixed=tables.mixed(own).replace("**", ""),
        columns=chosen,
        groups=groups,
        axis=on,
        sources=_long_sources(order),
        notes=tables.run_notes(data, own),
        official=official.content(data, on_official),
        failed=[
            (f"{one.run} of {one.submission}" if one.submission else one.run,
             (one.error or "").strip().partition("\n")[0])
            for one in own
            if one.status == "failed" and one.key not in finished
        ],
    )  # fmt: skip


def _group(row: Row) -> str:
    if row.provenance == "published":
        return PUBLISHED
    return RANKED if row.is_complete else UNRANKED


def _long_sources(rows: Iterable[Row]) -> list[tuple[str, str]]:
    """Return name and text of the published sources that are too long for a table, each once."""
    long = (
        row for row in rows if row.provenance == "published" and len(row.source) > SOURCE_LENGTH
    )
    return list(dict.fromkeys((row.model, row.source) for row in long))


def under(row: Row) -> str:
    """Return what distinguishes a row from others of its model: initialization, recipe, seeds.

    Seeds are "seeds 0, 1, 2" or "one seed (0)" for own rows, and what the source states for
    published ones.
    """
    parts = (row.initialization, row.recipe, cells.seeds(row))
    return ", ".join(part for part in parts if part)


def _labels(rows: Sequence[Row]) -> dict[int, str]:
    """Return initialization and number of seeds of each row; the recipe where others differ in it.

    The recipe of most rows is a long text, which the row's page has. The number of seeds alone
    distinguishes no rows: it says nothing about what was trained.
    """
    forms = [(row.model, row.provenance, row.initialization) for row in rows]
    counts = Counter(forms)
    recipes = short_recipes(forms, [row.recipe for row in rows])
    return {
        id(row): _short(row, recipe if counts[form] > 1 else "")
        for row, form, recipe in zip(rows, forms, recipes, strict=True)
    }


def _short(row: Row, recipe: str) -> str:
    if row.records:
        seeds = "one seed" if row.is_one_seed else f"{len(row.records)} seeds"
    else:
        seeds = row.seeds
    parts = (row.initialization, recipe, seeds)
    return ", ".join(part for part in parts if part)
