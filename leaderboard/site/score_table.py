"""All scores of a row: of each seed, their mean and spread, of clean patches, of validation."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from leaderboard.ranking.rows import Row, Value, value_of
from leaderboard.scoring.classification import Scored
from leaderboard.site import rendering
from leaderboard.tables.detection import TITLES
from leaderboard.tasks import DETECTION

NAMES = {  # field of metrics.Scores -> its name on a page, in the order of pages
    "f1": "macro F1",
    "accuracy": "accuracy",
    "precision": "macro precision",
    "recall": "macro recall",
}
DETECTOR_NAMES = {name: TITLES[name] for name in ("f1", *(n for n in TITLES if n != "f1"))}


@dataclass(frozen=True)
class ScoreTable:
    """A table as texts: `header`, and for each score its name and a cell for each column."""

    header: list[str]
    lines: list[tuple[str, list[str]]]


def of(row: Row) -> ScoreTable:
    """Return the scores of an own row; a column of which nothing is known is left out."""
    names = DETECTOR_NAMES if row.task == DETECTION else NAMES
    seeds = [f"seed {one.seed}" for one in row.records] if len(row.records) > 1 else []
    header = ["test split", "95 %", *seeds, *_clean_title(row), "validation"]
    lines = [(title, _scores(row, name, bool(seeds))) for name, title in names.items()]
    for title, get in _BESIDE.items():
        if row.evidence and row.calibration_error:
            values = [get(one) for one in row.evidence.scored]
            if any(value is not None for value in values):
                lines.append((title, _beside(values, bool(seeds), len(header))))
    kept = [n for n in range(len(header)) if any(cells[n] for _, cells in lines)]
    return ScoreTable(
        [header[n] for n in kept], [(title, [cells[n] for n in kept]) for title, cells in lines]
    )


_BESIDE: dict[str, Callable[[Scored], float | None]] = {
    "calibration error": lambda one: one.calibration_error,
    "mean of micrographs": lambda one: one.micrograph_accuracy,
}


def _clean_title(row: Row) -> list[str]:
    """Return the title of the column of clean patches, where some are not."""
    if not row.evidence or row.clean_f1 is None:
        return []
    return [f"test, clean patches ({row.evidence.scored[0].clean_examples:,})"]


def _scores(row: Row, name: str, by_seed: bool) -> list[str]:
    test = row.test[name]
    interval = test.interval if test else None
    cells = [_mean(test), f"[{interval[0]:.3f}, {interval[1]:.3f}]" if interval else ""]
    if by_seed:
        cells += [f"{one.test[name]:.3f}" if one.test else "" for one in row.records]
    if row.evidence and _clean_title(row):
        clean = (getattr(one.clean, name) for one in row.evidence.scored if one.clean)
        cells.append(_mean(value_of(clean)))
    validation = (one.validation[name] if one.validation else None for one in row.records)
    return [*cells, _mean(value_of(validation))]


def _beside(values: Iterable[float | None], by_seed: bool, length: int) -> list[str]:
    held = list(values)
    cells = [_mean(value_of(held)), ""]
    if by_seed:
        cells += ["" if value is None else f"{value:.3f}" for value in held]
    return cells + [""] * (length - len(cells))


def _mean(value: Value | None) -> str:
    return rendering.value(value, with_interval=False)
