"""The columns of a table on a page, and the cell of a row in each of them."""

from collections.abc import Iterable

from leaderboard.ranking.paired_bootstrap import Difference
from leaderboard.ranking.rows import Row
from leaderboard.site import rendering
from leaderboard.site.column import Cell, Column, mean, number, score, text
from leaderboard.tables import cells
from leaderboard.tasks import DETECTION


def of_task(task: str) -> tuple[Column, ...]:
    """Return the columns of a task's tables, in their order."""
    return DETECTION_COLUMNS if task == DETECTION else COLUMNS


def told(rows: Iterable[tuple[Row, Difference | None]], names: Iterable[str] = ()) -> list[Column]:
    """Return the columns of which something is known for one row at least, or these of them.

    Args:
      rows: of one table, so of one task.
    """
    pairs, wanted = list(rows), set(names)
    return [
        column
        for column in of_task(pairs[0][0].task if pairs else "")
        if column.name in (wanted or {column.name})
        and any(column.cell(*pair).text for pair in pairs)
    ]


def _worst(row: Row, _: Difference | None) -> Cell:
    if row.worst_class is None:
        return Cell("", None)
    name, value = row.worst_class
    return Cell(f"{name} {value.mean:.2f}", value.mean)


def _against(_: Row, found: Difference | None) -> Cell:
    return Cell(rendering.unbroken(cells.against(found)), found.mean if found else None)


def _provenance(row: Row) -> str:
    return f"{row.provenance}: {row.source}" if row.source else row.provenance


COLUMNS = (
    score(
        "f1", "macro F1 [95 %]", "key", lambda row: row.test["f1"],
        "Mean over the classes; ± is the standard deviation over seeds.", with_interval=True,
    ),
    Column(
        "against", "against the best [95 %]", "key", "high", _against,
        "Difference in (macro) F1 from the best row whose predictions are at hand, by a paired "
        "bootstrap over micrographs and the spread over seeds. Tied: the interval holds 0.",
    ),
    score(
        "clean", "F1, clean patches", "wide", lambda row: row.clean_f1,
        "Without the test patches whose field of view another split shows too.",
    ),
    score("validation", "validation F1", "key", lambda row: row.validation_f1),
    score("accuracy", "accuracy", "key", lambda row: row.test["accuracy"]),
    score("precision", "macro precision", "more", lambda row: row.test["precision"]),
    score("recall", "macro recall", "more", lambda row: row.test["recall"]),
    number(
        "parameters", "trainable parameters", "key", lambda row: row.parameters,
        lambda found: f"{found:,.0f}",
    ),
    number(
        "time", "training time", "key", lambda row: mean(row.seconds), rendering.duration,
        "Of one training, on the hardware of the row.",
    ),
    text("pretraining", "pretraining", "wide", lambda row: row.pretraining),
    text("extra", "extra data", "wide", lambda row: row.extra_data),
    number(
        "image_size", "input px", "more", lambda row: row.image_size, lambda found: f"{found:.0f}"
    ),
    number(
        "epochs", "epochs", "more", lambda row: mean(row.epochs), lambda found: f"{found:.3g}"
    ),
    number(
        "speed", "img/s", "more", lambda row: mean(row.images_per_second),
        lambda found: f"{found:,.0f}", "Training images a second.", kind="high",
    ),
    text("device", "device", "more", lambda row: row.device),
    text("provenance", "provenance", "key", _provenance),
    Column(
        "worst", "worst class, F1", "wide", "high", _worst, "The class of the lowest F1.",
    ),
    score(
        "micrographs", "mean of micrographs", "wide", lambda row: row.micrograph_mean,
        "Mean over the test micrographs of their accuracy.",
    ),
    score(
        "calibration", "calibration error", "wide", lambda row: row.calibration_error,
        "Expected calibration error; 0 is best.", kind="low",
    ),
)  # fmt: skip

_BY_NAME = {column.name: column for column in COLUMNS}

DETECTION_COLUMNS = (
    score(
        "f1", "F1 [95 %]", "key", lambda row: row.test["f1"],
        "Of detectors: of the finds of all classes together, from the confidence on that is the "
        "best on validation. A find is right if it overlaps a box by half.", with_interval=True,
    ),
    _BY_NAME["against"],
    score(
        "ap50", "AP50", "key", lambda row: row.test["ap50"],
        "Average precision over all confidences, mean over the classes, where an overlap of half "
        "is enough.",
    ),
    score(
        "ap50_95", "AP50-95", "wide", lambda row: row.test["ap50_95"],
        "The same, mean over ten overlaps from 0.50 to 0.95.",
    ),
    score("validation_ap50", "validation AP50", "key", lambda row: row.validation_ap50),
    _BY_NAME["validation"],
    score("precision", "precision", "more", lambda row: row.test["precision"]),
    score("recall", "recall", "more", lambda row: row.test["recall"]),
    score(
        "count_error", "count error", "wide", lambda row: row.test["count_error"],
        "Mean over the micrographs of how many particles too many or too few were found.",
        kind="low",
    ),
    score(
        "count_bias", "count bias", "more", lambda row: row.test["count_bias"],
        "The same with its sign: positive where too many were found.", kind="low",
    ),
    score(
        "confidence", "confidence", "more", lambda row: row.confidence,
        "From which on a find counts; chosen on validation.",
    ),
    *(
        _BY_NAME[name]
        for name in (
            "parameters", "time", "pretraining", "extra", "image_size", "epochs", "speed", "device",
            "provenance", "worst",
        )
    ),
)  # fmt: skip
