"""Invented detectors, by two error models.

* `beta`: the recall of a micrograph is a beta variate, the mean number of its false positives an
  exponential one.
* `logistic`: the logit of its recall and the logarithm of its false positives are normal variates,
  correlated: bad micrographs are bad in both.

The numbers of boxes are drawn from those of the test micrographs of a shipped ground truth.
"""

import functools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, logit, ndtr

from leaderboard.ground_truth import detection as ground_truth
from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.metrics import average_precision, jackknife
from leaderboard.metrics.average_precision import IOU_THRESHOLDS
from leaderboard.predictions.detection import Detections
from leaderboard.scoring.detection import weighted_scores
from leaderboard.simulation.sample import Sample

LARGE = 20_000  # micrographs that the truth is computed from
NETWORKS = 20  # that a method can give
SEED_SD = 0.1  # of the logit of recall, and of the logarithm of false positives, over seeds
FRESH = 0.3  # share of a micrograph's variance that seeds do not share

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Setting:
    """What is invented.

    Attributes:
      data: config of the numbers of boxes; model: `beta` or `logistic`; micrographs: of a test set.
      recall: mean of a method, about; alarms: false positives a micrograph, about.
      spread: intra-class correlation of `beta`, standard deviation of the logit of `logistic`.
      seeds: of each row; ap: average precisions, too, which take far longer.
    """

    data: str
    model: str
    micrographs: int
    recall: float = 0.75
    alarms: float = 1.0
    spread: float = 0.2
    seeds: int = 3
    ap: bool = False

    @property
    def title(self) -> str:
        """The setting as a cell of a table."""
        return (
            f"{self.data}, {self.micrographs} micrographs, {self.model}, recall {self.recall:g}, "
            f"spread {self.spread:g}, {self.seeds} seed{'s'[: self.seeds > 1]}"
        )


@dataclass(frozen=True)
class _Seed:
    """What one seed detects: (micrographs, 3) boxes, detections, correct ones; and each detection.

    Attributes:
      micrographs: (m,), by falling confidence; is_correct: (thresholds, m).
    """

    counts: Array
    micrographs: NDArray[np.int64]
    is_correct: NDArray[np.bool_]


@functools.cache
def boxes_of(data: str) -> NDArray[np.int64]:
    """Return the number of boxes of each test micrograph."""
    truth = ground_truth.read(data, "test")
    return np.bincount(truth.micrographs, minlength=len(truth))


def samples(setting: Setting, repeats: int, rng: np.random.Generator) -> Iterator[Sample]:
    """Yield invented test sets of one method, whose seeds are some of `NETWORKS` networks."""
    changes = rng.normal(0, SEED_SD, (NETWORKS, 2))
    truths = [_truth(setting, change, rng) for change in changes]
    for _ in range(repeats):
        chosen = rng.integers(NETWORKS, size=setting.seeds)
        own = [truths[place] for place in chosen]
        yield _sample(setting, changes[chosen], own, truths, rng)


def _sample(
    setting: Setting, changes: Array, truths: list[dict[str, float]],
    others: list[dict[str, float]], rng: np.random.Generator,
) -> Sample:  # fmt: skip
    boxes = rng.choice(boxes_of(setting.data), setting.micrographs)
    hard = rng.normal(size=(2, setting.micrographs))
    strata = np.where(boxes > 0, 0, -1)
    seeds = [_detected(setting, boxes, hard, change, rng) for change in changes]
    scores = [_scores(setting, seed) for seed in seeds]
    residuals = []
    for seed in seeds:
        without = weighted_scores(seed.counts, jackknife.weights(strata))
        if setting.ap:
            truth, detections = _as_data(seed, strata)
            without |= average_precision.without_each(truth, detections, seed.is_correct)
        residuals.append({name: jackknife.residuals(v, strata) for name, v in without.items()})
    return Sample(
        {name: np.array([one[name] for one in scores]) for name in scores[0]},
        {name: np.stack([one[name] for one in residuals]) for name in residuals[0]},
        {name: float(np.mean([one[name] for one in truths])) for name in truths[0]},
        {name: float(np.mean([one[name] for one in others])) for name in others[0]},
    )


def _truth(setting: Setting, change: Array, rng: np.random.Generator) -> dict[str, float]:
    boxes = rng.choice(boxes_of(setting.data), LARGE)
    return _scores(setting, _detected(setting, boxes, rng.normal(size=(2, LARGE)), change, rng))


def _scores(setting: Setting, seed: _Seed) -> dict[str, float]:
    found = weighted_scores(seed.counts, np.ones((1, len(seed.counts))))
    if setting.ap:
        strata = np.zeros(1, np.int64)
        one = _Seed(
            seed.counts.sum(axis=0, keepdims=True), np.zeros_like(seed.micrographs), seed.is_correct
        )
        values = average_precision.left_out(*_as_data(one, strata), seed.is_correct)[:, 0]
        found |= {"ap50": values[:1], "ap50_95": values.mean(keepdims=True)}
    return {name: float(value[0]) for name, value in found.items()}


def _detected(
    setting: Setting, boxes: NDArray[np.int64], hard: Array, change: Array,
    rng: np.random.Generator,
) -> _Seed:  # fmt: skip
    """Invent the detections of one seed; `change`: of its recall and of its false positives."""
    own = rng.normal(size=hard.shape)
    mixed = np.sqrt(1 - FRESH) * hard + np.sqrt(FRESH) * own
    mean = logit(setting.recall) + change[0]
    alarms = setting.alarms * np.exp(change[1]) * (0.5 + 0.15 * boxes)
    if setting.model == "beta":
        size = 1 / setting.spread - 1
        first, second = expit(mean) * size, (1 - expit(mean)) * size
        chance = betaincinv(first, second, ndtr(mixed[0]))
        rate = -alarms * np.log1p(-ndtr(mixed[1]))  # an exponential variate, of mean 1
    else:
        chance = expit(mean + setting.spread * mixed[0])
        rate = alarms * np.exp(0.8 * (0.7 * mixed[1] - 0.7 * mixed[0]) - 0.32)
    correct, false = rng.binomial(boxes, chance), rng.poisson(rate)
    counts = np.stack([boxes, correct + false, correct], axis=1).astype(np.float64)
    if not setting.ap:
        return _Seed(counts, np.zeros(0, np.int64), np.zeros((len(IOU_THRESHOLDS), 0), bool))
    micrographs = np.concatenate([np.repeat(np.arange(len(boxes)), n) for n in (correct, false)])
    is_true = np.arange(len(micrographs)) < correct.sum()
    confidence = np.where(
        is_true, rng.beta(4, 2, len(micrographs)), rng.beta(2, 3, len(micrographs))
    )
    overlap = 0.5 + 0.5 * rng.beta(3, 2, len(micrographs))
    order = np.argsort(-confidence)
    is_correct = is_true & (overlap >= np.array(IOU_THRESHOLDS)[:, None])
    return _Seed(counts, micrographs[order], is_correct[:, order])


def _as_data(seed: _Seed, strata: NDArray[np.int64]) -> tuple[BoxTruth, Detections]:
    """Return the same as ground truth and detections of one class, without places of boxes."""
    ids = np.arange(len(seed.counts)).astype(np.str_)
    boxes = np.repeat(np.arange(len(ids)), seed.counts[:, 0].astype(np.int64))
    none = np.zeros((0, 4))
    zeros = np.zeros(len(seed.micrographs), np.int64)
    truth = BoxTruth(
        "", "", "test", ("particle",), ids, np.zeros((len(ids), 2), np.int64), np.zeros(len(ids)),
        boxes, np.zeros(len(boxes), np.int64), none,
    )  # fmt: skip
    return truth, Detections(ids, seed.micrographs, zeros, zeros.astype(np.float64), none)
