"""Scores of novelty: how far features lie from those of the training. Larger is newer.

Each is fitted on the features of training patches, and is a function of the features of one patch.
Sources: largest probability (Hendrycks & Gimpel 2017), largest logit (Hendrycks et al. 2022),
energy (Liu et al. 2020), Mahalanobis (Lee et al. 2018) with the covariance of Ledoit & Wolf (2004),
relative Mahalanobis (Ren et al. 2021), on unit vectors (Mueller & Hein 2025), k nearest neighbours
(Sun et al. 2022), ViM (Wang et al. 2022).
"""

import types
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.novelty.arithmetic import Arithmetic, InNumpy
from benchmark.novelty.features import Features

NEIGHBOURS = 10
Score = Callable[[Arithmetic[Any], Any], Any]  # from features (n, f) to distances (n, 1)
Fit = Callable[[NDArray[np.float64], NDArray[np.int64], NDArray, NDArray], Score]


def fitted(
    name: str, train: Features, kernel: NDArray[np.floating], bias: NDArray[np.floating]
) -> Score:
    """Return a score that is fitted on training patches, in all their D4 transforms.

    A score that can be negative is shifted, so that half of the training patches are below 0: a
    threshold above it is then positive, and a distance divided by it makes sense.

    Args:
      name: of `SCORES`; kernel (f, classes), bias (classes,): of the last layer.
    """
    views, count, size = train.values.shape
    values = train.values.reshape(views * count, size).astype(np.float64)
    labels = np.tile(train.labels, views)
    fit, is_signed = SCORES[name]
    score = fit(values, labels, kernel.astype(np.float64), bias.astype(np.float64))
    if not is_signed:
        return score
    zero = float(np.median(mean_distances(score, train)))
    return lambda a, x: a.plus(score(a, x), np.array([-zero]))


def mean_distances(score: Score, features: Features) -> NDArray[np.float64]:
    """Return the mean distance of each patch over the D4 transforms, (n,)."""
    arithmetic = InNumpy()
    views = [score(arithmetic, view.astype(np.float64))[:, 0] for view in features.values]
    return np.asarray(np.mean(views, axis=0))


def _max_probability(x: NDArray, labels: NDArray, kernel: NDArray, bias: NDArray) -> Score:
    """Return minus the logarithm of the largest probability."""

    def score(a: Arithmetic[Any], x: Any) -> Any:
        logits = a.plus(a.product(x, kernel), bias)
        return a.plus(a.log_sum_exp(logits), a.times(a.maximum(logits), np.array([-1.0])))

    return score


def _max_logit(x: NDArray, labels: NDArray, kernel: NDArray, bias: NDArray) -> Score:
    return lambda a, x: a.times(a.maximum(a.plus(a.product(x, kernel), bias)), np.array([-1.0]))


def _energy(x: NDArray, labels: NDArray, kernel: NDArray, bias: NDArray) -> Score:
    return lambda a, x: a.times(a.log_sum_exp(a.plus(a.product(x, kernel), bias)), np.array([-1.0]))


def _mahalanobis(x: NDArray, labels: NDArray, kernel: NDArray, bias: NDArray) -> Score:
    """Return the distance to the nearest class, with one covariance for all."""
    centre, whitening, means = _whitened(x, labels)
    places = [((mean - centre) @ whitening) for mean in means]

    def score(a: Arithmetic[Any], x: Any) -> Any:
        y = a.product(a.plus(x, -centre), whitening)
        return a.smallest_of([a.length(a.plus(y, -place)) for place in places])

    return score


def _relative_mahalanobis(x: NDArray, labels: NDArray, kernel: NDArray, bias: NDArray) -> Score:
    """Return the squared distance to the nearest class minus that to all patches as one class."""
    centre, whitening, means = _whitened(x, labels)
    places = [((mean - centre) @ whitening) for mean in means]
    _, around, _ = _whitened(x, np.zeros_like(labels))

    def score(a: Arithmetic[Any], x: Any) -> Any:
        moved = a.plus(x, -centre)
        y = a.product(moved, whitening)
        nearest = a.smallest_of([a.square_sum(a.plus(y, -place)) for place in places])
        return a.plus(nearest, a.times(a.square_sum(a.product(moved, around)), np.array([-1.0])))

    return score


def _unit_mahalanobis(x: NDArray, labels: NDArray, kernel: NDArray, bias: NDArray) -> Score:
    score = _mahalanobis(InNumpy().unit(x), labels, kernel, bias)
    return lambda a, x: score(a, a.unit(x))


def _nearest(x: NDArray, labels: NDArray, kernel: NDArray, bias: NDArray) -> Score:
    """Return 1 minus the cosine to the k-th most similar training patch, in its first view."""
    count = len(x) // 8
    known = InNumpy().unit(x[:count]).T

    def score(a: Arithmetic[Any], x: Any) -> Any:
        similar = a.largest(a.product(a.unit(x), known), min(NEIGHBOURS, count))
        return a.plus(a.times(similar, np.array([-1.0])), np.array([1.0]))

    return score


def _vim(x: NDArray, labels: NDArray, kernel: NDArray, bias: NDArray) -> Score:
    """Return the part of the features outside of their main directions as a logit, minus energy."""
    origin = -np.linalg.pinv(kernel.T) @ bias
    _, directions = np.linalg.eigh((x - origin).T @ (x - origin) / len(x))
    outside = directions[:, : x.shape[1] // 2]  # the smaller half: eigh sorts ascending
    lengths = np.linalg.norm((x - origin) @ outside, axis=1)
    logits = x @ kernel + bias
    share = float(logits.max(axis=1).mean() / max(lengths.mean(), 1e-12))

    def score(a: Arithmetic[Any], x: Any) -> Any:
        rest = a.length(a.product(a.plus(x, -origin), outside))
        energy = a.log_sum_exp(a.plus(a.product(x, kernel), bias))
        return a.plus(a.times(rest, np.array([share])), a.times(energy, np.array([-1.0])))

    return score


def _whitened(x: NDArray, labels: NDArray) -> tuple[NDArray, NDArray, list[NDArray]]:
    """Return centre, whitening (f, f) and class means: lengths of whitened vectors are distances.

    Features are means and maxima of maps, of different size: each is first divided by its standard
    deviation within classes. The covariance within classes is shrunk towards the identity.
    """
    from sklearn.covariance import LedoitWolf

    means = {label: x[labels == label].mean(axis=0) for label in np.unique(labels)}
    within = x - np.stack([means[label] for label in labels])
    deviation = within.std(axis=0)
    deviation = np.maximum(deviation, 1e-3 * deviation.mean() + 1e-12)  # a feature may be always 0
    precision = LedoitWolf(assume_centered=True).fit(within / deviation).precision_
    whitening = np.linalg.cholesky(precision) / deviation[:, None]
    return x.mean(axis=0), whitening, list(means.values())


# Name: how it is fitted, and whether it can be negative.
SCORES: Mapping[str, tuple[Fit, bool]] = types.MappingProxyType(
    {
        "max_probability": (_max_probability, False),
        "max_logit": (_max_logit, True),
        "energy": (_energy, True),
        "mahalanobis": (_mahalanobis, False),
        "relative_mahalanobis": (_relative_mahalanobis, True),
        "unit_mahalanobis": (_unit_mahalanobis, False),
        "nearest_neighbours": (_nearest, False),
        "vim": (_vim, True),
    }
)
