"""All scores of one predictions file of the open set, with what each micrograph changes in them.

Intervals and comparisons need no more than these numbers, see `leaderboard.metrics.jackknife`.
"""

import dataclasses
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from leaderboard.metrics import jackknife
from leaderboard.metrics.classification import confusion, scores_of_confusion
from leaderboard.open_set import boards, curves
from leaderboard.open_set.predictions import Predicted
from leaderboard.open_set.truth import Truth

Floats = NDArray[np.float64]


@dataclasses.dataclass(frozen=True)
class Scored:
    """The scores of one network.

    Attributes:
      values: by name; see `names`. residuals: (micrographs,) by name, of those with an interval.
      pairs: AUROC of an unknown class against each known class, by both names.
      called: share of the patches of an unknown class or ring by predicted class.
    """

    values: dict[str, float]
    residuals: dict[str, Floats]
    pairs: dict[str, dict[str, float]]
    called: dict[str, dict[str, float]]


def score(truth: Truth, predicted: Predicted) -> Scored:
    """Score the predictions of a network that meets unknown classes, and perhaps far rings.

    The known patches are scored for their class whatever their novelty. `auroc` and the other
    scores of `curves.SCORES` are of all unknown classes together; `auroc Lassa` is of one of them,
    `auroc noise` of a far ring. `micrograph ...`: each micrograph as one, with the mean novelty,
    and the class of the highest mean log probability.
    """
    guess = predicted.probabilities.argmax(axis=1)
    is_correct = (guess == truth.labels) & truth.known
    is_near = ~np.isin(truth.groups, tuple(boards.FAR))
    values, residuals = _of_known(truth, guess)
    of_near = _separation(truth, predicted.novelty, is_correct, is_near, curves.SCORES)
    values |= {name: value for name, (value, _) in of_near.items()}
    residuals |= {name: parts for name, (_, parts) in of_near.items()}
    for group in _others(truth):
        chosen = truth.known | (truth.groups == group)
        found = _separation(
            truth, predicted.novelty, is_correct, chosen,
            {"auroc": curves.auroc, "fpr95": curves.fpr},
        )  # fmt: skip
        for name, (value, parts) in found.items():
            values[f"{name} {group}"], residuals[f"{name} {group}"] = value, parts
    values |= _by_micrograph(truth, predicted, is_near)
    return Scored(values, residuals, pairs(truth, predicted.novelty), called(truth, guess))


def unseen_sessions(truth: Truth, predicted: Predicted) -> Scored:
    """Score a round that leaves out sessions: all classes are known, and none should look new.

    `sessions` is the AUROC of patches of unseen sessions against those of seen ones, wanted near
    .5; `sessions in class` its mean over the classes that have both.
    """
    guess = predicted.probabilities.argmax(axis=1)
    renamed = dataclasses.replace(truth, labels=np.where(truth.unseen, -1, truth.labels))
    everything = np.ones(len(truth), np.bool_)
    (found,) = _separation(
        renamed, predicted.novelty, renamed.known, everything, {"sessions": curves.auroc}
    ).values()
    within = [
        _auroc(predicted.novelty[own & ~truth.unseen], predicted.novelty[own & truth.unseen])
        for own in (truth.groups == name for name in truth.classes)
        if (own & truth.unseen).any() and (own & ~truth.unseen).any()
    ]
    is_correct = guess == truth.labels
    values = {
        "sessions": found[0],
        "sessions in class": float(np.mean(within)),
        "accuracy seen": float(is_correct[~truth.unseen].mean()),
        "accuracy unseen": float(is_correct[truth.unseen].mean()),
    }
    return Scored(values, {"sessions": found[1]}, {}, {})


def pairs(truth: Truth, novelty: Floats) -> dict[str, dict[str, float]]:
    """Return the AUROC of each unknown class or ring against the patches of each known class."""
    return {
        group: {
            name: _auroc(novelty[truth.groups == name], novelty[truth.groups == group])
            for name in truth.classes
        }
        for group in _others(truth)
    }


def called(truth: Truth, guess: NDArray[np.int64]) -> dict[str, dict[str, float]]:
    """Return the share of each unknown class or ring that is predicted as each known class."""
    return {
        group: {
            name: float((guess[truth.groups == group] == label).mean())
            for label, name in enumerate(truth.classes)
        }
        for group in _others(truth)
    }


def _others(truth: Truth) -> list[str]:
    return list(dict.fromkeys(truth.groups[~truth.known].tolist()))


def _of_known(truth: Truth, guess: NDArray[np.int64]) -> tuple[dict[str, float], dict[str, Floats]]:
    labels, names = truth.labels[truth.known], truth.micrographs[truth.known].tolist()
    own, count = guess[truth.known], len(truth.classes)
    found = scores_of_confusion(confusion(labels, own, count))
    parts = jackknife.of_predictions(labels, own, names, count)
    chosen = ("accuracy", "f1")
    return {n: float(found[n]) for n in chosen}, {n: parts[n] for n in chosen}


def _separation(
    truth: Truth,
    novelty: Floats,
    is_correct: NDArray[np.bool_],
    chosen: NDArray[np.bool_],
    scores: Mapping[str, Callable[[curves.Counted], Floats]],
) -> dict[str, tuple[float, Floats]]:
    """Return scores of the chosen patches, each with its residuals by micrograph.

    A micrograph is in the stratum of its class; where sessions are unseen, of them in this class.
    """
    names, index = np.unique(truth.micrographs[chosen], return_inverse=True)
    first = np.unique(index, return_index=True)[1]
    kinds = np.char.add(truth.groups[chosen], np.where(truth.known[chosen], "+", "-"))
    strata = np.unique(kinds[first], return_inverse=True)[1]
    weights = np.vstack([np.ones(len(names)), jackknife.weights(strata)])[:, index]
    counts = curves.counted(novelty[chosen], truth.known[chosen], is_correct[chosen], weights)
    result = {}
    for name, function in scores.items():
        values = function(counts)
        result[name] = float(values[0]), jackknife.residuals(values[1:], strata)
    return result


def _by_micrograph(
    truth: Truth, predicted: Predicted, chosen: NDArray[np.bool_]
) -> dict[str, float]:
    names, index = np.unique(truth.micrographs[chosen], return_inverse=True)
    first = np.unique(index, return_index=True)[1]
    numbers = np.bincount(index)
    novelty = np.bincount(index, predicted.novelty[chosen]) / numbers
    logs = np.zeros((len(names), len(truth.classes)))
    np.add.at(logs, index, np.log(np.maximum(predicted.probabilities[chosen], 1e-6)))
    labels, known = truth.labels[chosen][first], truth.known[chosen][first]
    is_correct = (logs.argmax(axis=1) == labels) & known
    counts = curves.counted(novelty, known, is_correct, np.ones(len(names)))
    found = {
        f"micrograph {name}": float(curves.SCORES[name](counts)[0])
        for name in ("auroc", "fpr95", "oscr", "aurc")
    }
    return {**found, "micrograph accuracy": float(is_correct[known].mean())}


def _auroc(known: Floats, unknown: Floats) -> float:
    """Return how often an unknown patch is newer than a known one; equal ones count half."""
    ordered = np.sort(known)
    places = np.searchsorted(ordered, unknown, "left") + np.searchsorted(ordered, unknown, "right")
    return float(places.sum() / 2 / (len(known) * len(unknown)))
