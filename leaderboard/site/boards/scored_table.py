"""A table of another kind than those of data configs: rows of scores, each with its interval.

It is shown by `section_scores.html`, is sorted and searched like the other tables, and is its own
CSV. Rows are plain names with values, so a board needs no records.
"""

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from leaderboard.ranking.comparison import Difference
from leaderboard.ranking.rows import FEWEST_SEEDS, Value
from leaderboard.site.boards.benchmarks import Card
from leaderboard.site.boards.leaderboards import GROUPS, RANKED, UNRANKED
from leaderboard.site.boards.table_files import FORMULA
from leaderboard.site.drawings.score_axis import Axis, Drawn, drawn, ends
from leaderboard.site.text import rendering
from leaderboard.tables import cells

CSV = "table.csv"
Entry = Value | Difference | str | None  # None: not known


@dataclass(frozen=True)
class ScoreColumn:
    """A column: `name` in the CSV, `title` and `about` on the page.

    Attributes:
      kind: "high" or "low", a number that is sorted from there; or "text".
      level: "key", "wide" or "more", as in `column.Column`; with_interval: it is shown, too.
    """

    name: str
    title: str
    about: str = ""
    kind: str = "high"
    level: str = "wide"
    with_interval: bool = False


@dataclass(frozen=True)
class ScoreLine:
    """A row: its id, its name, the line below it, and an entry of each column by name."""

    slug: str
    name: str
    under: str
    provenance: str
    seeds: int
    entries: Mapping[str, Entry]


@dataclass(frozen=True)
class ShownCell:
    """A cell as the page shows it: text, "" where not known; what it is sorted by; a badge."""

    text: str
    order: str
    badge: str = ""


@dataclass(frozen=True)
class ScoreGroup:
    """Rows that stand together: a name, its title and meaning, and the rows."""

    name: str
    title: str
    about: str
    lines: Sequence[ScoreLine]


@dataclass(frozen=True)
class ScoredTable:
    """A table; the first column is drawn, and rows are in its order.

    Attributes:
      is_ranked: rows of three seeds or more have a number.
      axis: of the drawn column.
    """

    title: str
    columns: Sequence[ScoreColumn]
    groups: Sequence[ScoreGroup]
    is_ranked: bool = True
    axis: Axis = field(default_factory=lambda: Axis(0.0, 1.0))

    @property
    def lines(self) -> list[ScoreLine]:
        """All rows, group by group."""
        return [line for group in self.groups for line in group.lines]

    def rank(self, group: ScoreGroup, number: int) -> str:
        """Return the rank of a row by its place in its group, "–" where it has none."""
        return str(number) if self.is_ranked and group.name == RANKED else cells.UNKNOWN

    def cell(self, line: ScoreLine, column: ScoreColumn) -> ShownCell:
        """Return a cell of the page."""
        entry = line.entries.get(column.name)
        if isinstance(entry, Value):
            return ShownCell(rendering.value(entry, column.with_interval), repr(entry.mean))
        if isinstance(entry, Difference):
            text = rendering.unbroken(cells.difference(entry))
            order = "0" if entry.best else "" if entry.mean is None else repr(entry.mean)
            return ShownCell(text, order, cells.verdict(entry))
        return ShownCell(entry or "", entry or "")

    def drawn(self, line: ScoreLine) -> Drawn | None:
        """Return the place of the first column's score on the axis, None where not known."""
        entry = line.entries.get(self.columns[0].name)
        return drawn(entry if isinstance(entry, Value) else None, self.axis)


def table(
    title: str, columns: Sequence[ScoreColumn], lines: Sequence[ScoreLine], is_ranked: bool = True
) -> ScoredTable:
    """Return the table of these rows, which are in its order; rows of few seeds come last.

    Columns of which nothing is known are left out, but the first.
    """
    known = [
        column
        for number, column in enumerate(columns)
        if not number or any(line.entries.get(column.name) is not None for line in lines)
    ]
    parts = {
        RANKED: [one for one in lines if one.seeds >= FEWEST_SEEDS],
        UNRANKED: [one for one in lines if one.seeds < FEWEST_SEEDS],
    }
    if not is_ranked:
        parts = {UNRANKED: list(lines)}
    groups = []
    for name, members in parts.items():
        heading, about = GROUPS[name] if is_ranked else ("Scored here", "Each seed is a row.")
        groups += [ScoreGroup(name, heading, about, members)] if members else []
    first = columns[0].name
    values = [v for one in lines if isinstance(v := one.entries.get(first), Value)]
    return ScoredTable(title, known, groups, is_ranked, _axis(values))


def card(about: str, pictures: tuple[str, ...], found: ScoredTable, score: str) -> Card:
    """Return the card of a table: its first row, by the score of the first column."""
    first = next(iter(found.lines), None)
    value = first.entries.get(found.columns[0].name) if first else None
    number = len(found.lines)
    rows = f"{number:,} row{'' if number == 1 else 's'} scored here"
    return Card(
        about=about,
        pictures=pictures,
        best=f"{first.name}, {first.under}" if first else "",
        link="",
        score=(score, rendering.value(value)) if isinstance(value, Value) else ("", ""),
        is_scored=first is not None,
        counts=rows if number else "No rows yet",
    )


def _axis(values: Iterable[Value]) -> Axis:
    numbers = [end for value in values for end in (value.mean, *(ends(value) or ()))]
    if not numbers:
        return Axis(0.0, 1.0)
    low, high = math.floor(10 * min(numbers)) / 10, math.ceil(10 * max(numbers)) / 10
    return Axis(low, high) if low < high else Axis(max(0.0, low - 0.1), max(0.1, high))


def as_csv(found: ScoredTable, more: Mapping[str, Mapping[str, Value]] | None = None) -> bytes:
    """Return the table as CSV: a score as `auroc`, `auroc_std`, `auroc_low`, `auroc_high`.

    Args:
      more: further scores of a row by its slug, that the table itself does not show.
    """
    lines = []
    for group in found.groups:
        for number, line in enumerate(group.lines, start=1):
            rank = found.rank(group, number)
            content: dict[str, str] = {
                "rank": "" if rank == cells.UNKNOWN else rank,
                "row": _safe(line.name),
                "about": _safe(line.under),
                "provenance": line.provenance,
            }
            named = {one.name: line.entries.get(one.name) for one in found.columns}
            for name, entry in {**named, **(more or {}).get(line.slug, {})}.items():
                content |= _flat(name, entry)
            lines.append(content)
    names = dict.fromkeys(name for line in lines for name, text in line.items() if text)
    text = io.StringIO()
    writer = csv.DictWriter(text, [*names], "", "ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


def _flat(name: str, entry: Entry) -> dict[str, str]:
    """Return an entry as cells of the CSV, by their columns."""
    if not isinstance(entry, Value | Difference):
        return {name: _safe(entry or "")}
    low, high = entry.interval or (None, None)
    numbers = {name: entry.mean, f"{name}_low": low, f"{name}_high": high}
    if isinstance(entry, Value):
        numbers[f"{name}_std"] = entry.std
    texts = {column: "" if value is None else f"{value:.6f}" for column, value in numbers.items()}
    state = {f"{name}_state": entry.state} if isinstance(entry, Difference) else {}
    return texts | state


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text
