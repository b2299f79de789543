"""What a reader must know beside the scores of a row: short words, with their meaning."""

from collections.abc import Sequence
from dataclasses import dataclass

from leaderboard.ranking import warnings
from leaderboard.ranking.rows import Row


@dataclass(frozen=True)
class Flag:
    """A warning beside a row: `text` in the table, `about` as a sentence on the row's page."""

    text: str
    about: str


WARNING = "warning"
NOT_RESCORED = Flag(
    "not rescored",
    "Nobody here computed these scores: no ground truth of these data is shipped with the project. "
    "They stand as the record states them.",
)


def of_table(rows: Sequence[Row]) -> list[list[Flag]]:
    """Return the flags of each row of one table, those that follow from other rows among them."""
    return [
        _distinct([*of(row), *map(warning, texts)])
        for row, texts in zip(rows, warnings.of_rows(rows), strict=True)
    ]


def warning(about: str) -> Flag:
    """Return the flag of something implausible; its meaning is also listed below the table."""
    return Flag(WARNING, about)


def of(row: Row) -> list[Flag]:
    """Return the flags of a row by itself; published rows have none."""
    if not row.records:
        return []
    back = row.retired
    return [
        *([] if row.is_rescored else [NOT_RESCORED]),
        *([Flag(back.partition(":")[0], f"Its authors took it back: {back}.")] if back else []),
        *map(warning, warnings.of_row(row)),
    ]


def _distinct(found: Sequence[Flag]) -> list[Flag]:
    return list(dict.fromkeys(found))
