"""The cells of a detector's row in the tables; a column of which nothing is known goes."""

from leaderboard.ranking.paired_bootstrap import Difference
from leaderboard.ranking.rows import Row
from leaderboard.tables import cells
from leaderboard.tables.cells import escaped
from leaderboard.tasks import DETECTION, TASKS

TITLES = TASKS[DETECTION].titles  # by score


def whole(row: Row, against: Difference | None) -> dict[str, str]:
    """Return all that is known of a row, by column."""
    worst = row.worst_class if row.evidence and len(row.evidence.truth.classes) > 1 else None
    scores = {f"{TITLES[name]} [95 %]": cells.score(row.test[name]) for name in TITLES}
    return {
        **cells.names(row),
        **scores,
        "F1 against the best [95 %]": cells.against(against),
        "worst class F1": escaped(f"{worst[0]} {worst[1].mean:.2f}") if worst else "",
        "validation F1": cells.score(row.validation_f1),
        "validation AP50": cells.score(row.validation_ap50),
        "confidence": cells.number(row.confidence, lambda value: f"{value:.3f}"),
        **cells.effort(row),
    }


def front(row: Row) -> dict[str, str]:
    """Return the cells of the front page's narrow table."""
    return {
        "model": escaped(row.model),
        "initialization": row.initialization,
        "runs": cells.runs(row),
        "F1 [95 %]": cells.score(row.test["f1"]),
        "AP50": cells.score(row.test["ap50"], with_interval=False),
        "AP50-95": cells.score(row.test["ap50_95"], with_interval=False),
        "count error": cells.score(row.test["count_error"], with_interval=False),
        "validation AP50": cells.score(row.validation_ap50, with_interval=False),
        "input px": cells.count(row.image_size),
        "trainable parameters": cells.count(row.parameters),
        "provenance": row.provenance,
    }


def summary(row: Row) -> dict[str, str]:
    """Return the scores in the terminal's table."""
    return {
        title: cells.score(row.test[name], with_interval=False) for name, title in TITLES.items()
    }


def alone(row: Row) -> dict[str, str]:
    """Return what the terminal says of a row just submitted."""
    worst = row.worst_class
    return {
        **{title: cells.score(row.test[name]) for name, title in TITLES.items()},
        "validation F1": cells.score(row.validation_f1),
        "validation AP50": cells.score(row.validation_ap50),
        "confidence": cells.score(row.confidence),
        "worst class": f"{worst[0]} {worst[1].mean:.3f}" if worst else "",
    }
