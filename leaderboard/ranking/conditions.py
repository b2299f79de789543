"""Rows of the board of hard conditions: seeds of one model merged, errors related to a reference.

The mean corruption error is that of ImageNet-C (Hendrycks & Dietterich 2019): for each condition
the error, summed over its levels, is divided by that of a reference; the mean over the conditions
is taken. A condition that is hard for every network then counts no more than another one. Inversion
is left out of all means.
"""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from leaderboard.ground_truth.conditions import CLEAN, INVERSION
from leaderboard.metrics import intervals
from leaderboard.ranking.rows import Value, value_of
from leaderboard.results.conditions import ConditionScores
from leaderboard.scoring.conditions import CellScores

REFERENCE = ("plain_cnn", "scratch", "brief")
Score = Callable[[CellScores], float | None]


@dataclass(frozen=True)
class ConditionRow:
    """One model: its trainings, by seed."""

    seeds: tuple[ConditionScores, ...]

    @property
    def first(self) -> ConditionScores:
        """What all seeds share is read from the first."""
        return self.seeds[0]

    @property
    def key(self) -> tuple[str, str, str]:
        """Model, initialization and recipe."""
        return self.first.model, self.first.initialization, self.first.recipe

    def mean(self, score: Score, condition: str | None = None) -> Value | None:
        """Return the mean of a score over the levels of a condition, None for all but inversion."""
        return value_of(_mean(one, score, condition) for one in self.seeds)

    def total(self, name: str) -> Value | None:
        """Return the mean of "accuracy" or "f1" over all but inversion, with its interval."""
        values = [_mean(one, lambda cell: cell.scores[name], None) for one in self.seeds]
        known = [value for value in values if value is not None]
        value = value_of(known)
        residuals = [one.residuals[name] for one in self.seeds]
        if value is None or len(known) < len(values) or len(set(map(len, residuals))) > 1:
            return value
        ends = intervals.of_row(known, np.array(residuals), intervals.bounds(name))
        return Value(value.mean, value.std, ends)

    @property
    def name(self) -> str:
        """How it is called in texts: "plain_cnn, brief, seeds 0, 1"."""
        return self.named(self.first.recipe)

    def named(self, recipe: str) -> str:
        """Return its name with another text for the recipe."""
        seeds = ", ".join(str(one.seed) for one in self.seeds)
        plural = "s" if len(self.seeds) > 1 else ""
        return f"{self.first.model}, {recipe}, seed{plural} {seeds}"

    def trained_with(self, condition: str) -> bool:
        """Whether the augmentation of the training resembles a condition."""
        return condition in (self.first.trained_with or ())


def rows_of(found: Iterable[ConditionScores]) -> list[ConditionRow]:
    """Merge the seeds of each model; the highest mean accuracy first, what was taken back last."""
    groups: dict[tuple[str, ...], list[ConditionScores]] = defaultdict(list)
    for scores in found:
        origin = (scores.provenance, scores.submission)
        groups[scores.model, scores.initialization, scores.recipe, *origin].append(scores)
    rows = [ConditionRow(tuple(sorted(g, key=lambda one: one.seed))) for g in groups.values()]

    def order(row: ConditionRow) -> tuple[bool, float, bool, tuple[str, str, str]]:
        value, first = row.mean(accuracy), row.first
        is_submitted = first.provenance == "submitted"  # of equal rows it is the later one
        return bool(first.retired), -value.mean if value else 0.0, is_submitted, row.key

    return sorted(rows, key=order)


def conditions_of(scores: ConditionScores) -> list[str]:
    """Return the conditions above level 0, in order, inversion among them."""
    return list(dict.fromkeys(c.condition for c in scores.cells if c.condition != CLEAN))


def accuracy(cell: CellScores) -> float:
    """Return the accuracy of a cell."""
    return cell.scores["accuracy"]


def f1(cell: CellScores) -> float:
    """Return the macro F1 of a cell."""
    return cell.scores["f1"]


def calibration_error(cell: CellScores) -> float:
    """Return the expected calibration error of a cell."""
    return cell.calibration_error


def refused(cell: CellScores) -> float | None:
    """Return the share of a cell's images that the model calls unknown."""
    return cell.refused


def _mean(scores: ConditionScores, score: Score, condition: str | None) -> float | None:
    """Return the mean over levels, then over conditions: one with fewer levels counts as much."""
    by_condition: dict[str, list[float | None]] = defaultdict(list)
    for cell in scores.cells:
        is_meant = cell.condition == condition
        if is_meant or (condition is None and cell.condition not in (CLEAN, INVERSION)):
            by_condition[cell.condition].append(score(cell))
    means = []
    for values in by_condition.values():
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return None
        means.append(statistics.fmean(known))
    return statistics.fmean(means) if means else None


def reference_of(rows: Iterable[ConditionRow]) -> ConditionRow | None:
    """Return the row that errors are related to; None where it was not evaluated."""
    return next((row for row in rows if row.key == REFERENCE), None)


def corruption_error(row: ConditionRow, reference: ConditionRow | None) -> Value | None:
    """Return the mean corruption error of a row, 1 for the reference; None without one.

    The errors of the reference are means over its seeds.
    """
    if reference is None:
        return None
    names = [name for name in conditions_of(reference.first) if name != INVERSION]
    expected = {name: statistics.fmean(_errors(reference.seeds, name)) for name in names}
    usable = [name for name, error in expected.items() if error > 0]
    if not usable:
        return None
    ratios = [
        statistics.fmean(_errors([seed], name)[0] / expected[name] for name in usable)
        for seed in row.seeds
    ]
    return value_of(ratios)


def _errors(seeds: Sequence[ConditionScores], condition: str) -> list[float]:
    """Return the mean error over the levels of a condition, of each seed."""
    means = [_mean(seed, accuracy, condition) for seed in seeds]
    return [1 - mean for mean in means if mean is not None]
