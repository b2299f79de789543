"""The cells of a classifier's row in tables; a column without any value is left out."""

from leaderboard.ranking.comparison import Difference
from leaderboard.ranking.rows import Row
from leaderboard.tables import cells
from leaderboard.tasks import CLASSIFICATION, TASKS

TITLES = TASKS[CLASSIFICATION].titles  # by score


def columns(row: Row, name: str, against: Difference | None) -> dict[str, str]:
    """Return the cells of a row on a page, by column; eight columns at most fit a screen.

    Args:
      name: of the model, as it is distinct in the table; against: the best row.
    """
    return {
        **cells.identity(row, name),
        f"{TITLES['f1']} [95 %]": cells.score(row.test["f1"]),
        "accuracy": cells.score(row.test["accuracy"], with_interval=False),
        "by micrograph": cells.score(row.by_micrograph, with_interval=False),
        "vs best [95 %]": cells.against_best(against),
        "input": cells.input_size(row),
        "patches, CPU h": cells.budget(row),
        "provenance, seeds": cells.provenance(row),
    }


def summary(row: Row) -> dict[str, str]:
    """Return the scores in the terminal's table."""
    return {name: cells.score(row.test[name], with_interval=False) for name in TITLES}


def lines(row: Row) -> dict[str, str]:
    """Return the scores of a row just submitted, a line each, for the terminal."""
    worst = row.worst_class
    return {
        **{title: cells.score(row.test[name]) for name, title in TITLES.items()},
        "macro F1 of clean patches": cells.score(row.clean_f1),
        "accuracy by micrograph": cells.score(row.by_micrograph),
        "validation F1": cells.score(row.validation_f1) or "no predictions",
        "expected calibration error": cells.score(row.calibration_error),
        "worst class": f"{worst[0]} {worst[1].mean:.3f}" if worst else "",
    }
