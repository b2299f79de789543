"""Whether rows differ from the best row: all comparisons of a table at once, of their F1.

Two models are tested on the same micrographs, and what is hard for one is mostly hard for both. So
the difference of two rows is taken micrograph by micrograph, from their jackknife residuals. The
same training with another seed gives another F1, too. Three seeds of one row say little of that
spread, so it is pooled over all rows of the table (Bouthillier et al. 2021).

Of many equal rows the best by chance looks better than most. So the statistic is the largest
difference of all rows from the best, in standard deviations. Its distribution, if all rows were
equal, is drawn: normal numbers of the rows' covariance, of which each draw has a best row of its
own, and variances that are as uncertain as those of the table. Its 95th percentile is the factor of
all intervals, so one of twenty tables of equal rows calls any of them worse. Rows beyond it are set
aside, and the others are compared anew, while many are (Westfall & Young 1993; Romano & Wolf 2005).

A copy of a row differs from it by nothing, or by next to nothing: their distance in standard
deviations is 0 / 0, or any number. One copy would make the intervals of the whole table endless. So
pairs whose residuals are the same, or nearly, are no part of the largest difference. Where nothing
is known of the spread of a difference, it is tied.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leaderboard.metrics import intervals
from leaderboard.ranking.rows import FEWEST_SEEDS, Row

BEST, TIED, WORSE, BETTER, OPEN = "best", "tied", "worse", "better", "open"
DRAWS = 2000
FEWER = 0.1  # share of the rows that must fall out for another round: each takes as long
LEVEL = 0.95  # share of tables of equal rows without a wrong word
_MANY = 1e6  # degrees of freedom: as good as known
_NUMBERS = 4_000_000  # in memory, of draws times rows
_COPY = 0.01  # variance of a difference, by that of the row that varies less: hardly two trainings


@dataclass(frozen=True)
class Difference:
    """How a row compares with the best row of several seeds.

    Attributes:
      state: `BEST` of the best row itself; `WORSE` or `BETTER` where the interval leaves out 0;
        `TIED` where it contains 0; `OPEN` where no row of the table has enough seeds to compare
        with. Only a row of too few seeds can be `BETTER`: it cannot be the best.
      mean: its F1 less that of the best row; interval: 95 %, for all rows of the table together.
        None for the best row and where open; the interval also where rows without any spread, as of
        a single micrograph, have different scores.
    """

    state: str
    mean: float | None = None
    interval: tuple[float, float] | None = None

    @property
    def best(self) -> bool:
        """Whether it is the best row itself."""
        return self.state == BEST

    @property
    def tied(self) -> bool:
        """Whether the data leave undecided which of the two is better."""
        return self.state == TIED


@dataclass(frozen=True)
class Candidate:
    """What a comparison needs of a row: a pure function of its predictions and the ground truth.

    Attributes:
      scores: (seeds,) F1; residuals: (seeds, micrographs), see `metrics.jackknife`.
    """

    scores: NDArray[np.float64]
    residuals: NDArray[np.float64]


def against_best(rows: Sequence[Row]) -> list[Difference | None]:
    """Compare every row of one table with the best row that has predictions and enough seeds.

    Returns:
      For each row its difference; None for all where fewer than two rows have predictions on the
      same examples, and for a row without predictions.
    """
    known = {place: candidate for place, row in enumerate(rows) if (candidate := candidate_of(row))}
    if len(known) < 2:
        return [None] * len(rows)
    found = dict(zip(known, compare(list(known.values())), strict=True))
    return [found.get(place) for place in range(len(rows))]


def candidate_of(row: Row) -> Candidate | None:
    """Return what is compared of a row, None of one without predictions or taken back."""
    kept = None if row.retired else row.rescored
    return Candidate(kept.scores, kept.residuals) if kept else None


def compare(candidates: Sequence[Candidate], seed: int = 0) -> list[Difference]:
    """Compare rows with the same ground truth with the best of them that has enough seeds.

    Time and memory are linear in the number of rows.

    Args:
      seed: of the draws; the same rows give the same result.
    """
    seeds = np.array([len(row.scores) for row in candidates])
    is_complete = seeds >= FEWEST_SEEDS
    if not is_complete.any():
        return [Difference(OPEN)] * len(candidates)
    means = np.array([row.scores.mean() for row in candidates])
    residuals = np.stack([row.residuals.mean(axis=0) for row in candidates])
    spread = Spread.pooled(candidates)
    best = int(np.where(is_complete, means, -np.inf).argmax())
    change = means - means[best]
    variances = _variances(residuals, _squares(residuals), np.array([best]))[0]
    deviation = np.sqrt(variances + spread.of_mean(seeds, seeds[best]))
    factors = np.zeros(len(candidates))
    remaining = np.arange(len(candidates))
    while len(remaining) > 1:
        factor = _factor(
            residuals[remaining], seeds[remaining], spread, int((remaining == best).argmax()),
            np.random.default_rng(seed),
        )  # fmt: skip
        if not factor:  # copies alone remain
            break
        factors[remaining] = factor
        is_beyond = np.abs(change[remaining]) > factor * deviation[remaining]
        if is_beyond.sum() < FEWER * len(remaining):
            break
        remaining = remaining[~is_beyond]
    return [
        Difference(BEST) if place == best else _difference(float(mean), float(half))
        for place, (mean, half) in enumerate(zip(change, factors * deviation, strict=True))
    ]


def _difference(mean: float, half: float) -> Difference:
    """Return the difference of a row from the best; half: of its interval."""
    if half <= 0:  # of copies, or of scores of which no spread is known
        return Difference(TIED, mean, None if mean else (0.0, 0.0))
    state = TIED if abs(mean) <= half else WORSE if mean < 0 else BETTER
    return Difference(state, mean, (mean - half, mean + half))


@dataclass(frozen=True)
class Spread:
    """The variance of F1 over seeds, pooled over the rows of a table.

    Attributes:
      total: sample variance of the scores of the seeds; degrees: of freedom.
      by_micrograph: the part of it that comes from the micrographs which seeds differ in; the
        residuals of the rows hold it, too.
    """

    total: float
    by_micrograph: float
    degrees: int

    @classmethod
    def pooled(cls, candidates: Sequence[Candidate]) -> "Spread":
        """Pool it over the rows of several seeds, weighted by seeds less one."""
        several = [row for row in candidates if len(row.scores) > 1]
        degrees = sum(len(row.scores) - 1 for row in several)
        parts = [
            sum(((values - values.mean(axis=0)) ** 2).sum() for values in arrays)
            for arrays in ([row.scores for row in several], [row.residuals for row in several])
        ]
        return cls(float(parts[0] / degrees), float(parts[1] / degrees), degrees)

    def of_mean(
        self, seeds: NDArray[np.int64], others: ArrayLike, chances: ArrayLike = 1.0
    ) -> NDArray[np.float64]:
        """Return the variance of a difference of two means over seeds, (rows,) or (draws, rows).

        Args:
          seeds: (rows,) their numbers; others: number of the other mean, or (draws, 1); chances:
            (draws, 1) factors of `total`.
        """
        variance = np.maximum(np.asarray(chances) * self.total - self.by_micrograph, 0.0)
        return np.asarray(variance * (1 / seeds + 1 / np.asarray(others)))


def _squares(residuals: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.einsum("rm,rm->r", residuals, residuals))


def _variances(
    residuals: NDArray[np.float64], squares: NDArray[np.float64], others: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return the variance over micrographs of the difference of each row from others.

    Returns:
      (others, rows)
    """
    products = residuals[others] @ residuals.T
    return np.asarray((squares - 2 * products + squares[others][:, None]).clip(0))


def _factor(
    residuals: NDArray[np.float64],
    seeds: NDArray[np.int64],
    spread: Spread,
    best: int,
    rng: np.random.Generator,
) -> float:
    """Return how many standard deviations the largest difference of equal rows reaches.

    Args:
      residuals: (rows, micrographs); seeds: (rows,); best: the row that is best in the data.
    """
    complete = np.flatnonzero(seeds >= FEWEST_SEEDS)
    degrees = _degrees(residuals, best)
    squares = _squares(residuals)
    over_seeds = np.sqrt(spread.of_mean(seeds, np.inf))
    largest = np.empty(0)
    for number in _parts(DRAWS, max(1, _NUMBERS // len(residuals))):
        drawn = rng.normal(size=(number, residuals.shape[1])) @ residuals.T
        drawn += rng.normal(size=drawn.shape) * over_seeds
        chances = rng.chisquare(degrees, number) / degrees
        seed_chances = rng.chisquare(spread.degrees, number) / spread.degrees
        leaders = complete[drawn[:, complete].argmax(axis=1)]
        variances = _variances(residuals, squares, leaders)
        is_copy = variances <= _COPY * np.minimum(squares, squares[leaders][:, None])
        variances *= chances[:, None]
        variances += spread.of_mean(seeds, seeds[leaders][:, None], seed_chances[:, None])
        gaps = np.abs(drawn - np.take_along_axis(drawn, leaders[:, None], axis=1))
        ratios = np.where(is_copy, 0.0, gaps) / np.sqrt(np.where(is_copy, 1.0, variances))
        largest = np.append(largest, ratios.max(axis=1, initial=0))
    return float(np.quantile(largest, LEVEL))


def _parts(total: int, most: int) -> list[int]:
    """Split a number into parts of at most so many."""
    return [min(most, total - first) for first in range(0, total, most)]


def _degrees(residuals: NDArray[np.float64], best: int) -> float:
    """Return the degrees of freedom of the variances of differences: the median over the rows."""
    others = np.delete(residuals, best, axis=0) - residuals[best]
    degrees = float(np.median([intervals.of_micrographs(row).degrees for row in others]))
    return min(degrees, _MANY)  # of equal rows
