"""The cells of a detector's row in tables; a column without any value is left out."""

from leaderboard.ranking.comparison import Difference
from leaderboard.ranking.rows import Row
from leaderboard.scoring.detection import COMPANIONS
from leaderboard.tables import cells
from leaderboard.tasks import DETECTION, TASKS

TITLES = TASKS[DETECTION].titles  # by score


def columns(row: Row, name: str, against: Difference | None) -> dict[str, str]:
    """Return the cells of a row on a page, by column; eight columns at most fit a screen.

    Args:
      name: of the model, as it is distinct in the table; against: the best row.
    """
    return {
        **cells.identity(row, name),
        f"{TITLES['f1']} [95 %]": cells.score(row.test["f1"]),
        "AP50 [95 %]": cells.score(row.test["ap50"]),
        "validation AP50": cells.score(row.validation_ap50, with_interval=False),
        "vs best [95 %]": cells.against_best(against),
        "input": cells.input_size(row),
        "images, CPU h": cells.budget(row),
        "provenance, seeds": cells.provenance(row),
    }


def summary(row: Row) -> dict[str, str]:
    """Return the scores in the terminal's table."""
    return {
        title: cells.score(row.test[name], with_interval=False) for name, title in TITLES.items()
    }


def lines(row: Row) -> dict[str, str]:
    """Return the scores of a row just submitted, a line each, for the terminal."""
    worst = row.worst_class
    return {
        **{title: cells.score(row.test[name]) for name, title in TITLES.items()},
        **{title: cells.score(row.companions.get(name)) for name, title in COMPANIONS.items()},
        "validation F1": cells.score(row.validation_f1),
        "validation AP50": cells.score(row.validation_ap50),
        "confidence threshold": cells.score(row.confidence),
        "worst class": f"{worst[0]} {worst[1].mean:.3f}" if worst else "",
    }
