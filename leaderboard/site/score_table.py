"""All scores of a row: of each seed, their mean and spread, of clean patches, of validation."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from leaderboard.ranking.rows import Row, Value, value_of
from leaderboard.site.text import rendering
from leaderboard.tasks import TASKS, part


@dataclass(frozen=True)
class ScoreTable:
    """A table as texts: `header`, and for each score its name and a cell for each column."""

    header: list[str]
    lines: list[tuple[str, list[str]]]


def of(row: Row) -> ScoreTable:
    """Return the scores of a row with records, without the columns of which nothing is known."""
    module, titles = part("site", row.task), TASKS[row.task].titles
    several = len(row.records) > 1
    seeds = [f"seed {record.seed}" for record in row.records] if several else []
    clean = module.clean_scores(row)
    header = ["test split", "95 %", *seeds, *([clean[0]] if clean else []), "validation"]
    # the score of the ranking is the first
    names = ["f1", *(name for name in titles if name != "f1")]
    lines = [
        (titles[name], _scores(row, name, several, clean[1] if clean else None)) for name in names
    ]
    for title, values in module.scores_of_seeds(row).items():
        cells = [_mean(value_of(values)), "", *(f"{v:.3f}" for v in values if several)]
        lines.append((title, cells + [""] * (len(header) - len(cells))))
    kept = [n for n in range(len(header)) if any(cells[n] for _, cells in lines)]
    return ScoreTable(
        [header[n] for n in kept], [(title, [cells[n] for n in kept]) for title, cells in lines]
    )


def _scores(row: Row, name: str, by_seed: bool, clean: Iterable[Any] | None) -> list[str]:
    test = row.test[name]
    interval = test.interval if test else None
    cells = [_mean(test), f"[{interval[0]:.3f}, {interval[1]:.3f}]" if interval else ""]
    if by_seed:
        cells += [f"{record.test[name]:.3f}" if record.test else "" for record in row.records]
    if clean is not None:
        cells.append(_mean(value_of(getattr(scores, name) for scores in clean)))
    validation = (record.validation[name] if record.validation else None for record in row.records)
    return [*cells, _mean(value_of(validation))]


def _mean(value: Value | None) -> str:
    return rendering.value(value, with_interval=False)
