"""Whether two rows differ: a paired bootstrap of their macro F1.

Both are scored on the same drawn micrographs, so that what is hard for all cancels out. Seeds are
drawn too, where there are several: another three trainings would have given other scores.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leaderboard.evidence import Evidence
from leaderboard.intervals import ends
from leaderboard.rows import Row


@dataclass(frozen=True)
class Difference:
    """How much a row lies above (below: negative) the best one; `low`, `high`: 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def tied(self) -> bool:
        """Whether the data leave open which of the two is better."""
        return self.low <= 0 <= self.high


def against_best(rows: Sequence[Row]) -> list[Difference | None]:
    """Compare every row with the best whose predictions are at hand.

    Args:
      rows: of one table, ranked.

    Returns:
      For each row its difference, for the best itself 0; None for all where fewer than two rows
      have predictions on the same examples, and for a row without.
    """
    known = [row.evidence for row in rows if row.evidence]
    if len(known) < 2:
        return [None] * len(rows)
    return [difference(row.evidence, known[0]) if row.evidence else None for row in rows]


def difference(one: Evidence, best: Evidence, seed: int = 0) -> Difference:
    """Compare the macro F1 of two rows, made on the same table; of one with itself: 0."""
    if one is best:
        return Difference(0.0, 0.0, 0.0)
    rng = np.random.default_rng(seed)
    means = [np.mean([seed.scores.f1 for seed in row.scored]) for row in (one, best)]
    drawn = _over_seeds(one.draws("f1"), rng) - _over_seeds(best.draws("f1"), rng)
    return Difference(float(means[0] - means[1]), *ends(drawn))


def _over_seeds(values: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the mean over as many seeds, drawn with replacement: (seeds, draws) to (draws,)."""
    seeds, draws = values.shape
    chosen = rng.integers(seeds, size=(seeds, draws))
    return np.take_along_axis(values, chosen, axis=0).mean(axis=0)
