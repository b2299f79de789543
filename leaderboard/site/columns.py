"""The columns of a table on a page, and the cell of a row in each of them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from leaderboard import cells
from leaderboard.paired import Difference
from leaderboard.rows import Row, Value
from leaderboard.site import rendering

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
      name: for the page's template; title: what stands above it; about: what it means.
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


def told(rows: Iterable[tuple[Row, Difference | None]], names: Iterable[str] = ()) -> list[Column]:
    """Return the columns of which something is known for one row at least, or these of them."""
    pairs, wanted = list(rows), set(names) or {column.name for column in COLUMNS}
    return [
        column
        for column in COLUMNS
        if column.name in wanted and any(column.cell(*pair).text for pair in pairs)
    ]


def _score(
    name: str, title: str, level: str, get: Callable[[Row], Value | None], about: str = "",
    with_interval: bool = False, kind: str = "high",
) -> Column:  # fmt: skip
    def cell(row: Row, _: Difference | None) -> Cell:
        found = get(row)
        return Cell(rendering.value(found, with_interval), found.mean if found else None)

    return Column(name, title, level, kind, cell, about)


def _number(
    name: str, title: str, level: str, get: Callable[[Row], float | None],
    form: Callable[[float], str], about: str = "", kind: str = "low",
) -> Column:  # fmt: skip
    def cell(row: Row, _: Difference | None) -> Cell:
        found = get(row)
        return Cell("" if found is None else form(found), found)

    return Column(name, title, level, kind, cell, about)


def _text(name: str, title: str, level: str, get: Callable[[Row], str], about: str = "") -> Column:
    def cell(row: Row, _: Difference | None) -> Cell:
        return Cell(get(row), get(row) or None)

    return Column(name, title, level, "text", cell, about)


def _mean(value: Value | None) -> float | None:
    return value.mean if value else None


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
    _score(
        "f1", "macro F1 [95 %]", "key", lambda row: row.test["f1"],
        "Mean over the classes; ± is the standard deviation over seeds.", with_interval=True,
    ),
    Column(
        "against", "against the best [95 %]", "key", "high", _against,
        "Difference in macro F1 from the best row whose predictions are at hand, by a paired "
        "bootstrap over micrographs and the spread over seeds. Tied: the interval holds 0.",
    ),
    _score(
        "clean", "F1, clean patches", "wide", lambda row: row.clean_f1,
        "Without the test patches whose field of view another split shows too.",
    ),
    _score("validation", "validation F1", "key", lambda row: row.validation_f1),
    _score("accuracy", "accuracy", "key", lambda row: row.test["accuracy"]),
    _score("precision", "macro precision", "more", lambda row: row.test["precision"]),
    _score("recall", "macro recall", "more", lambda row: row.test["recall"]),
    _number(
        "parameters", "trainable parameters", "key", lambda row: row.parameters,
        lambda found: f"{found:,.0f}",
    ),
    _number(
        "time", "training time", "key", lambda row: _mean(row.seconds), rendering.duration,
        "Of one training, on the hardware of the row.",
    ),
    _text("pretraining", "pretraining", "wide", lambda row: row.pretraining),
    _text("extra", "extra data", "wide", lambda row: row.extra_data),
    _number("side", "input px", "more", lambda row: row.side, lambda found: f"{found:.0f}"),
    _number(
        "epochs", "epochs", "more", lambda row: _mean(row.epochs), lambda found: f"{found:.3g}"
    ),
    _number(
        "speed", "img/s", "more", lambda row: _mean(row.images_per_second),
        lambda found: f"{found:,.0f}", "Training images a second.", kind="high",
    ),
    _text("device", "device", "more", lambda row: row.device),
    _text("provenance", "provenance", "key", _provenance),
    Column(
        "worst", "worst class, F1", "wide", "high", _worst, "The class of the lowest F1.",
    ),
    _score(
        "micrographs", "mean of micrographs", "wide", lambda row: row.micrograph_mean,
        "Mean over the test micrographs of their accuracy.",
    ),
    _score(
        "calibration", "calibration error", "wide", lambda row: row.calibration_error,
        "Expected calibration error; 0 is best.", kind="low",
    ),
)  # fmt: skip
