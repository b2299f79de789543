"""The tables of the site: one for each data config, ranked by F1, of classifiers macro F1."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from leaderboard.ground_truth import configs
from leaderboard.ranking.comparison import Difference, against_best
from leaderboard.ranking.rows import Row, ranked
from leaderboard.results.official import OfficialScores
from leaderboard.results.record import Record
from leaderboard.site import columns
from leaderboard.site.column import Cell, Column
from leaderboard.site.score_axis import Axis, Drawn, axis, drawn
from leaderboard.tables import cells, official, tables
from leaderboard.tasks import TASKS

SOURCE_LENGTH = 160  # characters of a source in a cell; a longer one is a note below the table
TITLES = {  # in the order of the site; any other config comes after them
    "tem_virus/patches_14class": "14 classes, official split",
    "tem_virus/patches_14class_worst_case": "14 classes, worst-case split",
    "tem_virus/patches_14class_sessions": "14 classes, unseen sessions",
    "tem_virus/mirror_11class": "Eleven classes, public mirror",
    "tem_virus/mirror_11class_sessions": "Eleven classes, unseen sessions",
    "tem_virus/mirror_11class_boxes": "Detection of viruses, public mirror",
    "tem_exosome/cbia": "Detection of exosomes",
    "tem_exosome/sim_to_real": "Exosomes, learned from phantoms",
    "tem_exosome/sim_to_real_aggregates": "Exosomes, learned from phantoms of aggregates",
    "tem_virus/phantom_14class": "Phantoms of 14 classes",
    "tem_exosome/phantom": "Detection, phantoms of exosomes",
}


@dataclass(frozen=True)
class Line:
    """One row of a table.

    Attributes:
      link: of its page, relative to that of the table, or ""; under: the line below its name.
      drawn: place of its F1 on the axis, None where not known; cells: by column.
    """

    row: Row
    link: str
    under: str
    drawn: Drawn | None
    difference: Difference | None
    cells: list[Cell]

    @property
    def source(self) -> str:
        """Its source, "" where it is too long for a cell."""
        return self.row.source if len(self.row.source) <= SOURCE_LENGTH else ""

    @property
    def verdict(self) -> str:
        """How it compares with the best row: "best", "tied", "open" or "", as in Markdown."""
        return cells.verdict(self.difference)

    @property
    def margin(self) -> str:
        """Its difference from the best row, and the interval of that."""
        return cells.difference(self.difference)


@dataclass(frozen=True)
class Board:
    """All rows of one data config.

    Attributes:
      note: what a reader must know before comparing its scores; mixed: a warning if the runs used
        different data; each may be "".
      axis: of the drawn scores; notes: name and text of each, long sources first.
      official: its networks on the official test patches, None where none was scored on them.
      failed: name and first line of the reason, of runs without a finished one of their name.
    """

    data: str
    title: str
    note: str
    mixed: str
    columns: list[Column]
    lines: list[Line]
    axis: Axis
    notes: list[tuple[str, str]]
    official: official.Note | None
    failed: list[tuple[str, str]]

    def any(self, provenance: str) -> bool:
        """Say whether a row has this provenance."""
        return any(line.row.provenance == provenance for line in self.lines)

    @property
    def score(self) -> str:
        """Name of the score that its rows are ranked by; "" without a row."""
        return TASKS[self.lines[0].row.task].ranked_by if self.lines else ""

    @property
    def has_spread(self) -> bool:
        """Whether a drawing shows a standard deviation, not an interval."""
        return any(line.drawn and line.drawn.spread and line.drawn.low for line in self.lines)


def in_order(data: Iterable[str]) -> list[str]:
    """Return data configs as the site shows them, each once, phantoms last."""
    known = list(TITLES)

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
) -> Board:
    """Make the table of one data config.

    Args:
      records, rows: of any config, only those of `data` are taken.
      links: of the rows' pages by `id(row)`.
      names: of the columns; all with a known value where empty.
      on_official: records of any config with the scores of their networks on official patches.
    """
    own = [record for record in records if record.data == data]
    order = ranked(row for row in rows if row.data == data)
    pairs = list(zip(order, against_best(order), strict=True))
    chosen, on = columns.known(pairs, names), axis(order)
    finished = {one.key for one in own if one.status == "finished"}
    return Board(
        data=data,
        title=TITLES.get(data, data),
        note=configs.note(data).replace("**", ""),
        mixed=tables.mixed(own).replace("**", ""),
        columns=chosen,
        lines=[
            Line(
                row=row,
                link=links.get(id(row), ""),
                under=under(row),
                drawn=drawn(row.test["f1"], on),
                difference=difference,
                cells=[column.cell(row, difference) for column in chosen],
            )
            for row, difference in pairs
        ],
        axis=on,
        notes=[*_long_sources(order), *tables.run_notes(data, own)],
        official=official.content(data, on_official),
        failed=[
            (one.run, (one.error or "").strip().partition("\n")[0])
            for one in own
            if one.status == "failed" and one.key not in finished
        ],
    )


def _long_sources(rows: Iterable[Row]) -> list[tuple[str, str]]:
    """Return name and text of the sources that are too long for a cell, each once."""
    long = (row for row in rows if len(row.source) > SOURCE_LENGTH)
    return list(dict.fromkeys((f"{row.model}, {row.provenance}", row.source) for row in long))


def under(row: Row) -> str:
    """Return what distinguishes a row from others of its model: initialization, recipe, seeds.

    Seeds are "seeds 0, 1, 2" or "one seed (0)" for own rows, and what the source states for
    published ones.
    """
    parts = (row.initialization, row.recipe, cells.seeds(row))
    return ", ".join(part for part in parts if part)
