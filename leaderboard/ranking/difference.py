"""Whether two rows differ: a paired bootstrap of their F1, macro F1 of classifiers.

Both are scored on the same drawn micrographs, so that what is hard for all cancels out. Another few
trainings would have given other scores, too: how much, the spread over the seeds says, pooled over
all rows of the table, since three seeds of one row tell little. Without a row of several seeds
nothing is decided.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leaderboard.metrics.intervals import ends
from leaderboard.ranking.rows import Row
from leaderboard.results import detection as detection_evidence
from leaderboard.results.classification import Evidence

Either = Evidence | detection_evidence.Evidence


@dataclass(frozen=True)
class Difference:
    """How a row compares with the best one.

    Attributes:
      mean: its macro F1 less the best one's; interval: 95 %, None where the spread over seeds is
        not known; best: it is the best one itself.
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
    """Compare every row with the best whose predictions are at hand.

    Args:
      rows: of one table, ranked.

    Returns:
      For each row its difference; None for all where fewer than two rows have predictions on the
      same examples, and for a row without.
    """
    known = [row.behind for row in rows if row.behind]
    if len(known) < 2:
        return [None] * len(rows)
    deviation = spread(known)
    return [difference(row.behind, known[0], deviation) if row.behind else None for row in rows]


def spread(rows: Sequence[Either]) -> float | None:
    """Return the standard deviation of macro F1 over seeds, pooled; None without several of a row.

    The pooled variance is the mean of the rows' sample variances, weighted by seeds less one.
    """
    several = [[one.scores.f1 for one in row.scored] for row in rows if len(row.scored) > 1]
    if not several:
        return None
    squares = sum((len(f1) - 1) * statistics.variance(f1) for f1 in several)
    return math.sqrt(squares / sum(len(f1) - 1 for f1 in several))


def difference(one: Either, best: Either, deviation: float | None, seed: int = 0) -> Difference:
    """Compare the macro F1 of two rows, made on the same table.

    Args:
      deviation: of macro F1 over seeds, as `spread` gives it; seed: of the draws.
    """
    if one is best:
        return Difference(0.0, None, best=True)
    means = [statistics.fmean(each.scores.f1 for each in row.scored) for row in (one, best)]
    mean = means[0] - means[1]
    if deviation is None:
        return Difference(mean, None)
    drawn = one.draws("f1").mean(axis=0) - best.draws("f1").mean(axis=0)
    of_seeds = deviation * math.sqrt(1 / len(one.scored) + 1 / len(best.scored))
    noise = np.random.default_rng(seed).normal(0, of_seeds, len(drawn))
    return Difference(mean, ends(drawn + noise))
