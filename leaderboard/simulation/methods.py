"""Invented methods of classifying, by two error models: `beta` and `logistic`.

A method has error rates, its seeds differ from them, and so do micrographs.
"""

import dataclasses
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, logit, ndtr, ndtri

from leaderboard.metrics.classification import scores_of_confusion
from leaderboard.simulation import sample
from leaderboard.simulation.classifier_setting import Setting, sizes_of
from leaderboard.simulation.sample import Sample

MOST_ERROR = 0.6  # of a class
SEED_CV = 0.1  # of the error rates over seeds: of all classes together, and of each
FRESH = 0.2  # share of the micrographs that are as hard for one seed as for another by chance alone
PULL = 0.8  # share of a micrograph's errors that go to one class
SEEDS = 200  # of which the truth of a method is the mean
_GRID = ndtri((np.arange(400) + 0.5) / 400)  # normal variates, equally probable
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(40)

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Micrographs:
    """Micrographs of a test set, and how hard they are.

    Attributes:
      strata, patches: (micrographs,) class and number of patches; hard: (micrographs,) standard
        normal; favourite: (micrographs,) class that most errors go to.
    """

    strata: NDArray[np.int64]
    patches: NDArray[np.int64]
    hard: Array
    favourite: NDArray[np.int64]

    @classmethod
    def drawn(cls, setting: Setting, wrong: Array, rng: np.random.Generator) -> "Micrographs":
        """Draw the micrographs of a setting; `wrong`: (classes, classes) shares of the errors."""
        sizes = sizes_of(setting.data)
        patches = [rng.choice(of, len(of)) if setting.drawn else of for of in sizes]
        strata = np.repeat(np.arange(len(sizes)), [len(of) for of in sizes])
        above = rng.random((len(strata), 1)) > wrong.cumsum(axis=1)[strata]
        favourite = above.sum(axis=1).clip(0, len(sizes) - 1)
        return cls(strata, np.concatenate(patches), rng.normal(size=len(strata)), favourite)


@dataclass(frozen=True)
class Method:
    """A method.

    Attributes:
      error: (classes,) mean error rates; wrong: (classes, classes) shares of the errors; quantiles:
        (classes, `_GRID`) error rates of micrographs, of the model `beta`.
    """

    setting: Setting
    error: Array
    wrong: Array
    quantiles: Array

    @classmethod
    def invented(cls, setting: Setting, rng: np.random.Generator) -> "Method":
        """Invent one with the mean error of a setting; classes differ by gamma variates."""
        weights = np.array([of.sum() for of in sizes_of(setting.data)])
        error = rng.gamma(2, 1, len(weights))
        error = np.minimum(error * setting.error / np.average(error, weights=weights), MOST_ERROR)
        wrong = rng.dirichlet(np.full(len(weights), 0.3), len(weights))
        np.fill_diagonal(wrong, 0)
        wrong /= wrong.sum(axis=1, keepdims=True)
        return cls(setting, error, wrong, _quantiles(setting, error))

    def behind(self, f1: float) -> "Method":
        """Return a method with more errors of the same kinds, whose macro F1 is lower by so much.

        Of two numbers of errors that bracket it, the middle is taken until they agree.
        """
        low, high = 1.0, 1.0 / self.error.max()
        target = self.expected("f1") - f1
        for _ in range(30):
            factor = (low + high) / 2
            scaled = dataclasses.replace(self, error=self.error * factor)
            is_worse = scaled.expected("f1") < target
            low, high = (low, factor) if is_worse else (factor, high)
        return self.scaled(low)

    def expected(self, score: str) -> float:
        """Return a score over all such micrographs, of a network with the mean error rates."""
        return float(self._truths(self.error[None])[score][0])

    def scaled(self, factor: float) -> "Method":
        """Return a method with so many times the errors."""
        error = self.error * factor
        return dataclasses.replace(self, error=error, quantiles=_quantiles(self.setting, error))

    def row(
        self, on: Micrographs, seeds: int, rng: np.random.Generator, others: int = SEEDS
    ) -> Sample:
        """Return what some seeds of the method predict; others: seeds whose mean is its truth."""
        classes = len(self.error)
        rates = self._rates(seeds, rng)
        known = np.zeros((len(on.strata), classes))
        known[np.arange(len(on.strata)), on.strata] = on.patches
        results = [self._predicted(on, rate, known, rng) for rate in rates]
        truths = self._truths(np.vstack([rates, self._rates(others, rng)]))
        return sample.of_counts(results, known, truths, seeds)

    def _rates(self, seeds: int, rng: np.random.Generator) -> Array:
        """Return the error rates of seeds, (seeds, classes)."""
        change = rng.normal(size=(seeds, 1)) + rng.normal(size=(seeds, len(self.error)))
        return np.minimum(self.error * np.exp(SEED_CV * change), 0.9)

    def _predicted(
        self, on: Micrographs, rate: Array, known: Array, rng: np.random.Generator
    ) -> tuple[Array, Array]:
        """Return correct predictions and all predictions, (micrographs, classes) each."""
        chance = self._chance(on, rate, rng)
        errors = rng.binomial(on.patches, chance)
        shares = self.wrong[on.strata]
        if self.setting.model == "logistic":
            shares = (1 - PULL) * shares
            shares[np.arange(len(shares)), on.favourite] += PULL
        correct = known.copy()
        correct[np.arange(len(known)), on.strata] -= errors
        return correct, correct + rng.multinomial(errors, shares)

    def _chance(self, on: Micrographs, rate: Array, rng: np.random.Generator) -> Array:
        """Return the error rate of each micrograph by a seed whose classes have these rates."""
        fresh = rng.random(len(on.hard)) < FRESH
        hard = np.where(fresh, rng.normal(size=len(on.hard)), on.hard)
        if self.setting.model == "logistic":
            return np.asarray(expit(logit(rate)[on.strata] + self.setting.spread * hard))
        place = np.searchsorted(_GRID, hard).clip(0, len(_GRID) - 1)
        chance = self.quantiles[on.strata, place]
        # the mean over the micrographs becomes the rate, and nothing leaves 0 to 1
        old, new = self.quantiles.mean(axis=1).clip(1e-9, 0.999)[on.strata], rate[on.strata]
        more = 1 - (1 - chance) * (1 - new) / (1 - old)
        return np.asarray(np.where(new < old, chance * new / old, more))

    def _truths(self, rates: Array) -> dict[str, Array]:
        """Return the scores of seeds with these error rates over all such micrographs, (seeds,)."""
        weights = np.array([of.sum() for of in sizes_of(self.setting.data)], float)
        if self.setting.model == "logistic":
            logits = logit(rates)[..., None] + self.setting.spread * _NODES
            rates = (expit(logits) @ _WEIGHTS) / _WEIGHTS.sum()
        counts = self.wrong * (rates * weights)[..., None]
        index = np.arange(len(weights))
        counts[:, index, index] = (1 - rates) * weights
        return scores_of_confusion(counts)


def _quantiles(setting: Setting, error: Array) -> Array:
    """Return the error rates of micrographs, (classes, `_GRID`), of the model `beta`."""
    if setting.model != "beta":
        return np.zeros((0, 0))
    size = 1 / setting.spread - 1
    return np.asarray(betaincinv(error[:, None] * size, (1 - error[:, None]) * size, ndtr(_GRID)))
