"""The cells of a classifier's row in the tables; a column of which nothing is known goes."""

from leaderboard.ranking.paired_bootstrap import Difference
from leaderboard.ranking.rows import Row
from leaderboard.tables import cells
from leaderboard.tables.cells import escaped
from leaderboard.tasks import CLASSIFICATION, TASKS

TITLES = TASKS[CLASSIFICATION].titles  # by score


def whole(row: Row, against: Difference | None) -> dict[str, str]:
    """Return all that is known of a row, by column."""
    worst = row.worst_class
    return {
        **cells.names(row),
        **{f"{title} [95 %]": cells.score(row.test[name]) for name, title in TITLES.items()},
        "F1 against the best [95 %]": cells.against(against),
        "F1 of clean patches": cells.score(row.clean_f1),
        "validation F1": cells.score(row.validation_f1),
        "calibration error": cells.score(row.calibration_error),
        "worst class F1": escaped(f"{worst[0]} {worst[1].mean:.2f}") if worst else "",
        "mean of micrographs": cells.score(row.micrograph_mean),
        **cells.effort(row),
    }


def front(row: Row) -> dict[str, str]:
    """Return the cells of the front page's narrow table."""
    return {
        "model": escaped(row.model),
        "initialization": row.initialization,
        "runs": cells.runs(row),
        "accuracy": cells.score(row.test["accuracy"], with_interval=False),
        "macro F1 [95 %]": cells.score(row.test["f1"]),
        "validation F1": cells.score(row.validation_f1),
        "input px": cells.count(row.image_size),
        "trainable parameters": cells.count(row.parameters),
        "provenance": row.provenance,
    }


def summary(row: Row) -> dict[str, str]:
    """Return the scores in the terminal's table."""
    return {name: cells.score(row.test[name], with_interval=False) for name in TITLES}


def alone(row: Row) -> dict[str, str]:
    """Return what the terminal says of a row just submitted."""
    worst = row.worst_class
    return {
        **{title: cells.score(row.test[name]) for name, title in TITLES.items()},
        "macro F1 of clean patches": cells.score(row.clean_f1),
        "validation F1": cells.score(row.validation_f1) or "no predictions given",
        "expected calibration error": cells.score(row.calibration_error),
        "worst class": f"{worst[0]} {worst[1].mean:.3f}" if worst else "",
    }
