"""The columns that tables of every task have, and those of one task with known values."""

from collections.abc import Iterable, Sequence

from leaderboard.ranking.comparison import Difference
from leaderboard.ranking.rows import Row
from leaderboard.site.boards.column import Cell, Column, mean, number, score, text
from leaderboard.site.text import rendering
from leaderboard.tables import cells
from leaderboard.tasks import part


def of_task(task: str) -> tuple[Column, ...]:
    """Return the columns of a task's tables, in their order."""
    columns: tuple[Column, ...] = part("site", task).COLUMNS
    return columns


def known(
    pairs: Sequence[tuple[Row, Difference | None]], names: Iterable[str] = ()
) -> list[Column]:
    """Return the columns with a value in one row at least.

    Args:
      pairs: rows of one table, so of one task, with their differences from the best row.
      names: of the columns to choose from; all where empty.
    """
    wanted = set(names)
    return [
        column
        for column in (of_task(pairs[0][0].task) if pairs else ())
        if (not wanted or column.name in wanted)
        and any(column.cell(row, difference).text for row, difference in pairs)
    ]


def _worst(row: Row, _: Difference | None) -> Cell:
    if row.worst_class is None:
        return Cell("", None)
    name, value = row.worst_class
    return Cell(f"{name} {value.mean:.2f}", value.mean)


def _against(_: Row, difference: Difference | None) -> Cell:
    text = rendering.unbroken(cells.against_best(difference))
    return Cell(text, difference.mean if difference else None)


AGAINST = Column(
    "against", "vs best [95 %]", "key", "high", _against,
    "Difference in (macro) F1 from the best row of three seeds, micrograph by micrograph, with the "
    "spread over seeds, for all rows at once. Tied: the interval contains 0. Open: no row of the "
    "table has three seeds to compare with.",
)  # fmt: skip
VALIDATION = score(
    "validation", "validation F1", "key", lambda row: row.validation_f1,
    "(Macro) F1 on the validation split, by which epochs, thresholds and recipes are chosen.",
)  # fmt: skip
PROVENANCE = text("provenance", "provenance", "key", lambda row: row.provenance)
WORST = Column("worst", "worst class, F1", "more", "high", _worst, "The class of the lowest F1.")
EFFORT = (
    number(
        "parameters", "trainable parameters", "key", lambda row: row.parameters,
        lambda count: f"{count:,.0f}", "Numbers that the training changes.",
    ),
    number(
        "time", "training time", "key", lambda row: mean(row.seconds), rendering.duration,
        "Of one training, on the hardware of the row.",
    ),
    text("pretraining", "pretraining", "more", lambda row: row.pretraining,
         "What the weights were trained on before."),
    text("extra", "extra data", "more", lambda row: row.extra_data,
         "Other images of training than those of the config."),
    number(
        "image_size", "input px", "more", lambda row: row.image_size, lambda side: f"{side:.0f}",
        "Side of the network's input in pixels, of detectors in training.",
    ),
    number(
        "nm_per_pixel", "input nm/px", "more", lambda row: row.nm_per_pixel,
        lambda size: f"{size:.3g}", "Pixel size of the network's input, nm per pixel.",
    ),
    number(
        "images", "images shown", "more", lambda row: mean(row.images_shown), cells.rounded,
        "Patches or images that one training was shown, over all epochs.",
    ),
    number(
        "cpu", "CPU hours", "more", lambda row: mean(row.cpu_hours), cells.hours,
        "Processor time of one training's steps, over all threads; without validation.",
    ),
    number("epochs", "epochs", "more", lambda row: mean(row.epochs), lambda n: f"{n:.3g}"),
    number(
        "speed", "img/s", "more", lambda row: mean(row.images_per_second),
        lambda rate: f"{rate:,.0f}", "Training images per second.", kind="high",
    ),
    text("device", "device", "more", lambda row: row.device),
)  # fmt: skip
