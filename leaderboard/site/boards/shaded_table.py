"""A table of many scores by shade, a row each, for `section_shades.html`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leaderboard.site.classes.overview import Cell, cell


@dataclass(frozen=True)
class ShadedLine:
    """A row: name, the line below it, its cells, and what stands behind each, mostly ""."""

    name: str
    under: str
    cells: Sequence[Cell]
    marks: Sequence[str]


@dataclass(frozen=True)
class ShadedTable:
    """A table: its title, the head of its first column, those of the others, and its rows."""

    title: str
    first: str
    names: Sequence[str]
    lines: Sequence[ShadedLine]


def line(
    name: str,
    under: str,
    scores: Mapping[str, float | None],
    names: Sequence[str],
    marked: Mapping[str, str] | None = None,
) -> ShadedLine:
    """Return a row.

    Args:
      scores: by the name of the column; names: of the columns; marked: what stands behind a score.
    """
    marks = [(marked or {}).get(name, "") for name in names]
    return ShadedLine(name, under, [cell(scores.get(name)) for name in names], marks)
