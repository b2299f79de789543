"""Average precision in the draws of a bootstrap, for its interval.

pycocotools would take minutes for a thousand draws. This gives what it gives (a test compares
them) for micrographs that count several times or not at all.
"""

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.detection import BoxTable
from leaderboard.metrics.average_precision import LEVELS
from leaderboard.metrics.matching import NONE, match
from leaderboard.predictions.detection import Detections

RECALLS = np.linspace(0, 1, 101)
_AT_ONCE = 50  # draws; memory is that many times the finds of a class


def draws(
    table: BoxTable, found: Detections, weights: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return the mean over the classes of AP50 and AP50-95 in every draw.

    Args:
      weights: (draws, micrographs) how often each draw takes each, see `intervals.weights`.

    Returns:
      `ap50` and `ap50_95`, (draws,) each. A class without a box in a draw is left out of its mean;
      0 where no class has one.
    """
    right = match(table, found, LEVELS) != NONE
    by_class = np.full((len(weights), len(LEVELS), len(table.classes)), np.nan)
    for label in range(len(table.classes)):
        mine = np.flatnonzero(found.labels == label)
        there = np.bincount(table.micrographs[table.labels == label], minlength=len(table))
        for first in range(0, len(weights), _AT_ONCE):
            part = weights[first : first + _AT_ONCE]
            taken = part[:, found.micrographs[mine]]
            for level in range(len(LEVELS)):
                by_class[first : first + len(part), level, label] = _of_class(
                    taken, right[level, mine], part @ there
                )
    known = ~np.isnan(by_class)
    means = np.where(known, by_class, 0).sum(axis=2) / known.sum(axis=2).clip(1)
    return {"ap50": means[:, 0], "ap50_95": means.mean(axis=1)}


def _of_class(
    taken: NDArray[np.float64], right: NDArray[np.bool_], boxes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the average precision of one class at one IoU, (draws,); NaN without a box.

    Args:
      taken: (draws, finds) how often each find counts, the surest first; right: (finds,).
      boxes: (draws,) how many there are.
    """
    hits, number = np.cumsum(taken * right, axis=1), np.cumsum(taken, axis=1)
    precision = np.divide(hits, number, out=np.zeros_like(hits), where=number > 0)
    highest = np.maximum.accumulate(precision[:, ::-1], axis=1)[:, ::-1]  # at this recall or more
    padded = np.hstack([highest, np.zeros((len(taken), 1))])
    result = np.full(len(taken), np.nan)
    for draw in np.flatnonzero(boxes):
        reached = np.searchsorted(hits[draw] / boxes[draw], RECALLS, side="left")
        result[draw] = padded[draw, reached].mean()
    return result
