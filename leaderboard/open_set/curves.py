"""Scores of telling unknown patches from known ones by their novelty, under many weights at once.

Larger novelty is newer. Patches of equal novelty are accepted or refused together. A weight says
how often a micrograph counts, so one call scores the whole set and the set without each micrograph.
Sources: AUROC and FPR at 95 % (Hendrycks & Gimpel 2017; Liang et al. 2018), average precision as in
scikit-learn, OSCR (Dhamija et al. 2018), risk over coverage (Geifman et al. 2019).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ACCEPTED = 0.95  # share of known patches that are accepted at least, where FPR is read
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Counted:
    """Weights by threshold; the v thresholds are the values that occur, rising.

    Attributes:
      known, correct, unknown: (w, v) weight of the patches of this novelty: of known classes; of
        those of them whose class is predicted correctly; of unknown classes.
    """

    known: Floats
    correct: Floats
    unknown: Floats


def counted(
    novelty: Floats, known: NDArray[np.bool_], correct: NDArray[np.bool_], weights: Floats
) -> Counted:
    """Add up the weights of the patches of each value of novelty.

    Args:
      novelty: (n,) finite; known, correct: (n,); weights: (w, n) or (n,) for one row of weights.
    """
    order = np.argsort(novelty, kind="stable")
    ordered = novelty[order]
    rows = np.atleast_2d(np.asarray(weights, np.float64))[:, order]
    starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
    has_ties = len(starts) < len(order)

    def summed(chosen: NDArray[np.bool_]) -> Floats:
        values = rows * chosen[order]
        return np.asarray(np.add.reduceat(values, starts, axis=1)) if has_ties else values

    return Counted(summed(known), summed(known & correct), summed(~known))


def auroc(counts: Counted) -> Floats:
    """Return how often an unknown patch is newer than a known one, (w,); equal ones count half."""
    return _ratio(_below(counts.known, counts.unknown), counts.known, counts.unknown)


def oscr(counts: Counted) -> Floats:
    """Return the area of the correct classification rate over the false positive rate, (w,).

    That is how often a known patch is both correct and less new than an unknown one.
    """
    return _ratio(_below(counts.correct, counts.unknown), counts.known, counts.unknown)


def fpr(counts: Counted, accepted: float = ACCEPTED) -> Floats:
    """Return the share of unknown patches accepted where this share of known ones is, (w,).

    The threshold is the smallest novelty that accepts at least so many known patches.
    """
    shares = np.cumsum(counts.known, axis=1) / counts.known.sum(axis=1, keepdims=True)
    place = (shares >= accepted - 1e-12).argmax(axis=1)[:, None]
    taken = np.take_along_axis(np.cumsum(counts.unknown, axis=1), place, axis=1)[:, 0]
    return np.asarray(taken / counts.unknown.sum(axis=1))


def aupr_unknown(counts: Counted) -> Floats:
    """Return the average precision of finding unknown patches by a high novelty, (w,)."""
    return _average_precision(counts.unknown[:, ::-1], counts.known[:, ::-1])


def aupr_known(counts: Counted) -> Floats:
    """Return the average precision of finding known patches by a low novelty, (w,)."""
    return _average_precision(counts.known, counts.unknown)


def aurc(counts: Counted) -> Floats:
    """Return the mean risk over coverage, (w,): 0 is perfect.

    The least new patches are accepted first. Risk is the share of the accepted ones that are of an
    unknown class or of another class than predicted.
    """
    every = counts.known + counts.unknown
    faults = every - counts.correct
    accepted = np.cumsum(every, axis=1)
    risk = np.cumsum(faults, axis=1) / np.maximum(accepted, 1e-300)
    return np.asarray((every * risk).sum(axis=1) / every.sum(axis=1))


def _below(lower: Floats, upper: Floats) -> Floats:
    before = np.cumsum(lower, axis=1) - lower
    return np.asarray((upper * (before + lower / 2)).sum(axis=1))


def _ratio(pairs: Floats, known: Floats, unknown: Floats) -> Floats:
    return np.asarray(pairs / (known.sum(axis=1) * unknown.sum(axis=1)))


def _average_precision(wanted: Floats, others: Floats) -> Floats:
    """Return the sum of precision times the rise of recall; the accepted first."""
    found = np.cumsum(wanted, axis=1)
    accepted = found + np.cumsum(others, axis=1)
    precision = found / np.maximum(accepted, 1e-300)
    return np.asarray((wanted * precision).sum(axis=1) / wanted.sum(axis=1))


SCORES = {
    "auroc": auroc,
    "aupr_unknown": aupr_unknown,
    "aupr_known": aupr_known,
    "fpr95": fpr,
    "oscr": oscr,
    "aurc": aurc,
}
