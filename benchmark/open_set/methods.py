"""Methods after training: how new a patch is, from what the last layer of a network sees.

The eight scores of `benchmark.novelty.scores` are distances averaged over the D4 transforms. Those
named `mean_...` are of the features averaged over the transforms: this mean does not depend on how
the particle lies, and is less noisy than one view. A sum joins two distances, each in units of its
spread over the known validation patches; the larger part of neither decides alone.
"""

import dataclasses
import types
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from benchmark.novelty import scores
from benchmark.novelty.arithmetic import InNumpy
from benchmark.novelty.features import Features, Round

Floats = NDArray[np.float64]
Novelty = Callable[[Features], Floats]  # of n patches, (n,)
Fit = Callable[[Round], Novelty]

NEIGHBOURS = scores.NEIGHBOURS
BASELINE = "max_probability"
_QUANTILES = (0.16, 0.84)  # two standard deviations of a normal distribution apart


def _of_views(name: str) -> Fit:
    def fit(result: Round) -> Novelty:
        score = scores.fitted(name, result.train, result.kernel, result.bias)
        return lambda patches: scores.mean_distances(score, patches)

    return fit


def _of_mean(name: str) -> Fit:
    """Return the same score, fitted on features averaged over the D4 transforms, and of these."""

    def fit(result: Round) -> Novelty:
        score = scores.fitted(name, averaged(result.train), result.kernel, result.bias)
        return lambda patches: scores.mean_distances(score, averaged(patches))

    return fit


def averaged(patches: Features) -> Features:
    """Return the features as if of one transform, (1, n, f): the mean over all."""
    return dataclasses.replace(patches, values=patches.values.mean(axis=0, keepdims=True))


def _nearest(prepared: Callable[[Floats], Floats]) -> Fit:
    """Return 1 minus the cosine to the k-th most similar training patch, of prepared means."""

    def fit(result: Round) -> Novelty:
        arithmetic = InNumpy()

        def directions(patches: Features) -> Floats:
            return arithmetic.unit(prepared(patches.values.mean(axis=0).astype(np.float64)))

        known = directions(result.train).T
        count = min(NEIGHBOURS, known.shape[1])
        return lambda patches: 1 - arithmetic.largest(directions(patches) @ known, count)[:, 0]

    return fit


def _roots(values: Floats) -> Floats:
    """Return square roots: no single strong feature decides a direction. Features are not negative.

    Those of networks that end otherwise keep their sign.
    """
    return np.sign(values) * np.sqrt(np.abs(values))


def _sum(*parts: Fit) -> Fit:
    def fit(result: Round) -> Novelty:
        found = [part(result) for part in parts]
        scales = []
        for novelty in found:
            known = novelty(result.known)
            low, high = np.quantile(known, _QUANTILES)
            scales.append((float(np.median(known)), max(float(high - low), 1e-12)))
        return lambda patches: np.asarray(
            sum(
                (novelty(patches) - centre) / spread
                for novelty, (centre, spread) in zip(found, scales, strict=True)
            )
        )

    return fit


_MEAN_NEAREST = _nearest(lambda values: values)
_MEAN_ROOTS = _nearest(_roots)
_MEAN_MAHALANOBIS = _of_mean("mahalanobis")

METHODS: Mapping[str, Fit] = types.MappingProxyType(
    {
        **{name: _of_views(name) for name in scores.SCORES},
        **{
            f"mean_{name}": _of_mean(name)
            for name in ("mahalanobis", "relative_mahalanobis", "unit_mahalanobis", "vim")
        },
        "mean_nearest": _MEAN_NEAREST,
        "mean_nearest_roots": _MEAN_ROOTS,
        "nearest+mahalanobis": _sum(_of_views("nearest_neighbours"), _of_views("mahalanobis")),
        "mean_nearest+mahalanobis": _sum(_MEAN_NEAREST, _MEAN_MAHALANOBIS),
        "mean_nearest_roots+mahalanobis": _sum(_MEAN_ROOTS, _MEAN_MAHALANOBIS),
        "mean_nearest+max_probability": _sum(_MEAN_NEAREST, _of_views(BASELINE)),
    }
)
