"""Scores of telling unknown patches from known ones by their novelty, under many weights at once.

Larger novelty is newer. Patches of equal novelty are accepted or refused together. A weight says
how often a micrograph counts, so one call scores the whole set and the set without each micrograph.
Sources: AUROC and FPR at 95 % (Hendrycks & Gimpel 2017; Liang et al. 2018), average precision as in
scikit-learn, OSCR (Dhamija et al. 2018), risk over coverage (Geifman et al. 2019).
"""

from dataclasses import dataclass
from functools import cached_property

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

    @cached_property
    def known_below(self) -> Floats:
        """(w, v) weight of known patches of at most this novelty."""
        return np.cumsum(self.known, axis=1)

    @cached_property
    def unknown_below(self) -> Floats:
        """(w, v) weight of unknown patches of at most this novelty."""
        return np.cumsum(self.unknown, axis=1)


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
    return _ratio(_pairs(counts.known_below - counts.known / 2, counts.unknown), counts)


def oscr(counts: Counted) -> Floats:
    """Return the area of the correct classification rate over the false positive rate, (w,).

    That is how often a known patch is both correct and less new than an unknown one.
    """
    correct_below = np.cumsum(counts.correct, axis=1) - counts.correct / 2
    return _ratio(_pairs(correct_below, counts.unknown), counts)


def fpr(counts: Counted, accepted: float = ACCEPTED) -> Floats:
    """Return the share of unknown patches accepted where this share of known ones is, (w,).

    The threshold is the smallest novelty that accepts at least so many known patches.
    """
    needed = (accepted - 1e-12) * counts.known_below[:, -1:]
    place = (counts.known_below >= needed).argmax(axis=1)[:, None]
    taken = np.take_along_axis(counts.unknown_below, place, axis=1)[:, 0]
    return np.asarray(taken / counts.unknown_below[:, -1])


def aupr_unknown(counts: Counted) -> Floats:
    """Return the average precision of finding unknown patches by a high novelty, (w,)."""
    rising = counts.unknown[:, ::-1]
    return _average_precision(
        rising, np.cumsum(rising, axis=1), np.cumsum(counts.known[:, ::-1], 1)
    )


def aupr_known(counts: Counted) -> Floats:
    """Return the average precision of finding known patches by a low novelty, (w,)."""
    return _average_precision(counts.known, counts.known_below, counts.unknown_below)


def aurc(counts: Counted) -> Floats:
    """Return the mean risk over coverage, (w,): 0 is perfect.

    The least new patches are accepted first. Risk is the share of the accepted ones that are of an
    unknown class or of another class than predicted.
    """
    every = counts.known + counts.unknown
    accepted = counts.known_below + counts.unknown_below
    risk = 1 - np.cumsum(counts.correct, axis=1) / np.maximum(accepted, 1e-300)
    return np.asarray(_pairs(risk, every) / accepted[:, -1])


def _pairs(values: Floats, weights: Floats) -> Floats:
    return np.einsum("wv,wv->w", values, weights)


def _ratio(pairs: Floats, counts: Counted) -> Floats:
    return np.asarray(pairs / (counts.known_below[:, -1] * counts.unknown_below[:, -1]))


def _average_precision(wanted: Floats, wanted_above: Floats, others_above: Floats) -> Floats:
    """Return the sum of precision times the rise of recall; the accepted first."""
    precision = wanted_above / np.maximum(wanted_above + others_above, 1e-300)
    return np.asarray(_pairs(precision, wanted) / wanted_above[:, -1])


SCORES = {
    "auroc": auroc,
    "aupr_unknown": aupr_unknown,
    "aupr_known": aupr_known,
    "fpr95": fpr,
    "oscr": oscr,
    "aurc": aurc,
}
