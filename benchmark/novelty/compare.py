"""How well a score tells left-out patches from known ones, in one round."""

import dataclasses
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from benchmark.novelty import scores
from benchmark.novelty.features import Round

ACCEPTED = (0.95, 0.99)  # shares of known patches that a threshold may accept


@dataclasses.dataclass(frozen=True)
class Separation:
    """What one score does in one round.

    Attributes:
      known, left_out: number of patches.
      auroc: of all left-out patches against the known ones.
      flagged: share of the left-out patches above the threshold that accepts a share of the known
        ones, by that share (as text).
      auroc_of, flagged_of: the same by class that was left out; of sessions by class of the patch.
    """

    known: int
    left_out: int
    auroc: float
    flagged: dict[str, float]
    auroc_of: dict[str, float]
    flagged_of: dict[str, dict[str, float]]


def distances(result: Round, name: str) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a score's distances of known and of left-out patches, (n,) and (m,)."""
    score = scores.fitted(name, result.train, result.kernel, result.bias)
    return scores.mean_distances(score, result.known), scores.mean_distances(score, result.left_out)


def separation(
    known: NDArray[np.float64], left_out: NDArray[np.float64], classes: NDArray[np.str_]
) -> Separation:
    """Compare distances (n,) of known and (m,) of left-out patches.

    Args:
      classes: (m,) of the left-out patches.
    """
    limits = {f"{share:.2f}": threshold(known, share) for share in ACCEPTED}
    of_class = {str(name): left_out[classes == name] for name in np.unique(classes)}
    return Separation(
        len(known),
        len(left_out),
        auroc(known, left_out),
        _flagged(left_out, limits),
        {name: auroc(known, values) for name, values in of_class.items()},
        {name: _flagged(values, limits) for name, values in of_class.items()},
    )


def threshold(known: NDArray[np.float64], accepted: float) -> float:
    """Return the smallest distance that at least this share of known patches does not exceed.

    >>> threshold(np.arange(1.0, 101), 0.95)
    95.0
    """
    return float(np.quantile(known, accepted, method="inverted_cdf"))


def auroc(known: NDArray[np.floating], left_out: NDArray[np.floating]) -> float:
    """Return how often a left-out patch is farther than a known one; equal ones count half.

    >>> auroc(np.array([1.0, 2]), np.array([2.0, 3]))
    0.875
    """
    ordered = np.sort(known)
    below = np.searchsorted(ordered, left_out, "left")
    not_above = np.searchsorted(ordered, left_out, "right")
    return float((below + not_above).mean() / 2 / len(known))


def _flagged(values: NDArray[np.float64], limits: Mapping[str, float]) -> dict[str, float]:
    return {share: float((values > limit).mean()) for share, limit in limits.items()}
