"""How often intervals contain the truth."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from leaderboard.metrics import intervals
from leaderboard.simulation.sample import Sample


@dataclass(frozen=True)
class Coverage:
    """Of the intervals of one score, each in per cent.

    Attributes:
      covered: contain the truth; below, above: the truth lies below or above them.
      width: mean width, in units of the score.
    """

    covered: float
    below: float
    above: float
    width: float


def measure(samples: Iterable[Sample]) -> dict[str, Coverage]:
    """Measure the intervals of each score on invented test sets.

    The truth of one seed is that of its network: how others would differ, it cannot show. The truth
    of several seeds is that of their method.
    """
    rows: dict[str, list[tuple[float, float, float]]] = {}
    for sample in samples:
        for name, residuals in sample.residuals.items():
            truths = sample.method if len(residuals) > 1 else sample.networks
            ends = intervals.of_row(sample.scores[name], residuals, intervals.bounds(name))
            rows.setdefault(name, []).append((*ends, truths[name]))
    found = {}
    for name, values in rows.items():
        low, high, truth = np.array(values).T
        below, above = 100 * (truth < low).mean(), 100 * (truth > high).mean()
        width = float((high - low).mean())
        found[name] = Coverage(float(100 - below - above), float(below), float(above), width)
    return found
