"""95 % intervals of scores, from what each micrograph changes: a jackknife with t quantiles.

The interval says where the score would lie on average over test sets of such micrographs, not what
the next test set will give. Three things make it wider than the usual percentile bootstrap, which
covered 83 to 93 % in simulations (`leaderboard.simulation`, docs/methods.md):

* A few micrographs hold most errors, so the variance itself is uncertain. Its degrees of freedom
  follow from the fourth powers of the residuals; the quantile is that of Student's t.
* Where nearly all answers are correct, the rare micrograph that fails may be missing. Intervals of
  fractions are symmetric on the logit scale, around the score with one error and one hit added to
  its effective number of examples (Agresti & Coull 1998); those of counts follow Hall 1992.
* Over several seeds, their own spread is added. What the seeds differ in by micrograph is in the
  residuals already, and is subtracted from it first.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, logit, stdtrit

from leaderboard.metrics import jackknife
from leaderboard.metrics.classification import confusion, scores_of_confusion
from leaderboard.tasks import TASKS

FRACTION, COUNT, SIGNED = (0.0, 1.0), (0.0, math.inf), (-math.inf, math.inf)  # what scores can be
FEWEST_DEGREES = 2.0  # of freedom
_TAIL = 0.025  # probability on each side
_SMALLEST = 1e-9  # of a fraction on the logit scale
_SYMMETRIC = 1e-3  # skewness that is as good as none

Interval = tuple[float, float]


@dataclass(frozen=True)
class Variance:
    """The variance of a score, the degrees of freedom with which it is known, its third moment."""

    value: float
    degrees: float
    third: float = 0.0

    def __add__(self, other: "Variance") -> "Variance":
        """Return the variance of the sum of two independent numbers (Satterthwaite 1946)."""
        total = self.value + other.value
        if total <= 0:
            return self
        uncertain = self.value**2 / self.degrees + other.value**2 / other.degrees
        return Variance(total, total**2 / uncertain, self.third + other.third)


def of_micrographs(residuals: NDArray[np.float64]) -> Variance:
    """Return the variance over micrographs; `residuals`: (micrographs,), see `jackknife`.

    The fourth powers tell how unequal the residuals are. One that holds nearly all of the sum gives
    the fewest degrees of freedom, normal ones two thirds of their number.
    """
    squares = residuals**2
    total, fourth = float(squares.sum()), float((squares**2).sum())
    degrees = 2 * total**2 / fourth if fourth > 0 else math.inf
    return Variance(total, max(degrees, FEWEST_DEGREES), float((squares * residuals).sum()))


def of_seeds(scores: ArrayLike, residuals: NDArray[np.float64]) -> Variance:
    """Return the variance over seeds of the score of one seed, were all micrographs tested on.

    The variance of the seeds' scores holds, beside this, what seeds differ in by micrograph.
    The jackknife of their differences estimates that part; it is subtracted.

    Args:
      scores: (seeds,), two at least; residuals: (seeds, micrographs).
    """
    values = np.asarray(scores, np.float64)
    by_micrograph = ((residuals - residuals.mean(axis=0)) ** 2).sum() / (len(values) - 1)
    spread = float(values.var(ddof=1) - by_micrograph)
    return Variance(max(spread, 0.0), len(values) - 1)


def of_row(
    scores: ArrayLike, residuals: NDArray[np.float64], limits: tuple[float, float]
) -> Interval:
    """Return the interval of the mean over seeds; of one seed, that of its network alone.

    Args:
      scores: (seeds,); residuals: (seeds, micrographs); limits: `FRACTION`, `COUNT` or `SIGNED`.
    """
    values = np.asarray(scores, np.float64)
    variance = of_micrographs(residuals.mean(axis=0))
    if len(values) > 1:
        seeds = of_seeds(values, residuals)
        variance += Variance(seeds.value / len(values), seeds.degrees)
    return interval(float(values.mean()), variance, residuals.shape[1], limits)


def interval(
    value: float, variance: Variance, micrographs: int, limits: tuple[float, float]
) -> Interval:
    """Return the 95 % interval of a score; it contains the score.

    Without any spread, as of a score of 1, it is that of no error in so many micrographs.

    Args:
      limits: `FRACTION`, `COUNT` or `SIGNED`.
    """
    if limits == FRACTION:
        low, high = _of_fraction(value, variance, micrographs)
    elif variance.value <= 0:
        rare = -math.log(_TAIL) / micrographs
        low, high = (value - rare if limits == SIGNED else value), value + rare
    else:
        low, high = _of_count(value, variance)
    return max(min(low, value), limits[0]), max(high, value)


def _of_fraction(value: float, variance: Variance, micrographs: int) -> Interval:
    rare = _TAIL ** (1 / micrographs)  # the share of correct ones that leaves no error so often
    if variance.value <= 0:
        if value > 1 - jackknife.ROUNDING:
            return rare, 1.0
        return (0.0, 1 - rare) if value < jackknife.ROUNDING else (value, value)
    inside = min(max(value, _SMALLEST), 1 - _SMALLEST)
    examples = inside * (1 - inside) / variance.value  # as many independent ones vary as much
    centre = (inside * examples + 1) / (examples + 2)
    half = _quantile(variance) / math.sqrt(centre * (1 - centre) * (examples + 2))
    return float(expit(logit(centre) - half)), float(expit(logit(centre) + half))


def _of_count(value: float, variance: Variance) -> Interval:
    """Return the interval of a mean whose parts are skewed, as numbers of particles are.

    A mean of many small and few large numbers is mostly too small, and its variance with it. Hall
    1992, *On the removal of skewness by transformation*: a cubic function of the t statistic is
    symmetric; here is its inverse at both quantiles. On either side the wider end of this and of
    the symmetric interval is taken, as few micrographs do not show the skewness well.
    """
    deviation, half = math.sqrt(variance.value), half_width(variance)
    quantile = _quantile(variance)
    skewness = variance.third / variance.value**1.5
    if abs(skewness) < _SYMMETRIC:
        return value - half, value + half

    def inverse(symmetric: float) -> float:
        return 3 / skewness * (math.cbrt(1 + skewness * (symmetric - skewness / 6)) - 1)

    low, high = (value - deviation * inverse(end) for end in (quantile, -quantile))
    return min(low, value - half), max(high, value + half)


def half_width(variance: Variance) -> float:
    """Return half the width of a 95 % interval without bounds, such as that of a difference."""
    return _quantile(variance) * math.sqrt(variance.value)


def _quantile(variance: Variance) -> float:
    return float(stdtrit(variance.degrees, 1 - _TAIL))


def of_residuals(
    scores: Mapping[str, float], residuals: Mapping[str, NDArray[np.float64]]
) -> dict[str, Interval]:
    """Return the interval of each score that has residuals, of one network.

    Args:
      scores: by name, more than residuals perhaps; residuals: (micrographs,) by name.
    """
    return {
        name: of_row([scores[name]], values[None], bounds(name))
        for name, values in residuals.items()
    }


def of_predictions(
    labels: ArrayLike, predicted: ArrayLike, micrographs: Sequence[str], classes: int
) -> dict[str, Interval]:
    """Return the interval of each field of `metrics.Scores`.

    Takes and raises what `jackknife.of_predictions` does.
    """
    residuals = jackknife.of_predictions(labels, predicted, micrographs, classes)
    counts = confusion(labels, predicted, classes)
    scores = {name: float(value) for name, value in scores_of_confusion(counts).items()}
    return of_residuals(scores, residuals)


def bounds(score: str) -> tuple[float, float]:
    """Return what a score of any task can be: `FRACTION`, `COUNT` or `SIGNED`."""
    if any(score in task.signed for task in TASKS.values()):
        return SIGNED
    return COUNT if any(score in task.counts for task in TASKS.values()) else FRACTION
