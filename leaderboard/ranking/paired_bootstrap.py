"""Whether two rows differ: a paired bootstrap of their F1, macro F1 of classifiers.

Two models are tested on the same micrographs, and what is hard for one is mostly hard for both.
Their separate intervals therefore overlap even where one model is better on almost every draw. So
each draw of the bootstrap scores both rows on the same resampled micrographs, and the interval is
that of the difference (Efron & Tibshirani 1993; for test sets Koehn 2004).

Micrographs are not the only source of chance: the same training with another seed gives another F1.
Three seeds of one row say little of that spread, so it is pooled over all rows of the table, and a
normal deviate with the variance of a difference of two means is added to every draw (Bouthillier et
al. 2021). Without any row of several seeds the spread is not known, and no difference is decided.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leaderboard.metrics.intervals import ends
from leaderboard.ranking.rows import Rescored, Row


@dataclass(frozen=True)
class Difference:
    """How a row compares with the best row.

    Attributes:
      mean: its F1 less that of the best row; interval: 95 %, None where the spread over seeds is
        not known; best: it is the best row itself.
    """

    mean: float
    interval: tuple[float, float] | None
    best: bool = False

    @property
    def tied(self) -> bool:
        """Whether the data leave open which of the two is better."""
        return not self.best and (
            self.interval is None or self.interval[0] <= 0 <= self.interval[1]
        )


def against_best(rows: Sequence[Row]) -> list[Difference | None]:
    """Compare every row with the best row that has predictions.

    Args:
      rows: of one table, ranked.

    Returns:
      For each row its difference; None for all where fewer than two rows have predictions on the
      same examples, and for a row without predictions.
    """
    known = [row.rescored for row in rows if row.rescored]
    if len(known) < 2:
        return [None] * len(rows)
    deviation = spread(known)
    return [difference(row.rescored, known[0], deviation) if row.rescored else None for row in rows]


def spread(rows: Sequence[Rescored]) -> float | None:
    """Return the standard deviation of F1 over seeds, pooled; None if no row has several seeds.

    The pooled variance is the mean of the rows' sample variances, weighted by seeds less one.
    """
    by_row = [row.f1 for row in rows if len(row.f1) > 1]
    if not by_row:
        return None
    squares = sum((len(f1) - 1) * statistics.variance(f1) for f1 in by_row)
    return math.sqrt(squares / sum(len(f1) - 1 for f1 in by_row))


def difference(row: Rescored, best: Rescored, deviation: float | None, seed: int = 0) -> Difference:
    """Compare the F1 of two rows with the same ground truth.

    Args:
      deviation: of F1 over seeds, as `spread` returns it; seed: of the normal deviates.
    """
    if row is best:
        return Difference(0.0, None, best=True)
    mean = statistics.fmean(row.f1) - statistics.fmean(best.f1)
    if deviation is None:
        return Difference(mean, None)
    of_seeds = deviation * math.sqrt(1 / len(row.f1) + 1 / len(best.f1))
    noise = np.random.default_rng(seed).normal(0, of_seeds, len(row.draws))
    return Difference(mean, ends(row.draws - best.draws + noise))
