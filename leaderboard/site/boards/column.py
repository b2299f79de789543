"""A column of a table on a page: its cells, and the values that it is sorted by."""

from collections.abc import Callable
from dataclasses import dataclass

from leaderboard.ranking.comparison import Difference
from leaderboard.ranking.rows import Row, Value
from leaderboard.site.text import rendering

Order = float | str | None  # what a column is sorted by; None: not known, always last


@dataclass(frozen=True)
class Cell:
    """The text of a row in a column, "" where not known, and what the column is sorted by."""

    text: str
    order: Order


@dataclass(frozen=True)
class Column:
    """A column of a table.

    Attributes:
      name: for the page's template; title: its heading; about: its meaning.
      level: "key", also shown on a telephone; "wide"; or "more", shown when asked for.
      kind: "high" or "low", a number that is sorted from there; or "text".
      cell: of a row, with its difference from the best where it is known.
    """

    name: str
    title: str
    level: str
    kind: str
    cell: Callable[[Row, Difference | None], Cell]
    about: str = ""


def score(
    name: str, title: str, level: str, get: Callable[[Row], Value | None], about: str = "",
    with_interval: bool = False, kind: str = "high",
) -> Column:  # fmt: skip
    """Return the column of a score, with its interval where asked for."""

    def cell(row: Row, _: Difference | None) -> Cell:
        found = get(row)
        return Cell(rendering.value(found, with_interval), found.mean if found else None)

    return Column(name, title, level, kind, cell, about)


def number(
    name: str, title: str, level: str, get: Callable[[Row], float | None],
    form: Callable[[float], str], about: str = "", kind: str = "low",
) -> Column:  # fmt: skip
    """Return the column of a number, in a form of its own."""

    def cell(row: Row, _: Difference | None) -> Cell:
        found = get(row)
        return Cell("" if found is None else form(found), found)

    return Column(name, title, level, kind, cell, about)


def text(name: str, title: str, level: str, get: Callable[[Row], str], about: str = "") -> Column:
    """Return the column of a text."""

    def cell(row: Row, _: Difference | None) -> Cell:
        return Cell(get(row), get(row) or None)

    return Column(name, title, level, "text", cell, about)


def mean(value: Value | None) -> float | None:
    """Return the mean of a value, None where it is not known."""
    return value.mean if value else None
