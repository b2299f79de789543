"""Whether the columns of a file of probabilities stand under the names of other classes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.classification import UNKNOWN
from leaderboard.metrics.classification import confusion

MOST = 3  # classes that are named


def of_probabilities(
    labels: NDArray[np.integer], probabilities: NDArray[np.float64], classes: Sequence[str]
) -> str:
    """Return what `exchanged` does; labels (n,), `UNKNOWN` counts not; probabilities (n, c)."""
    known = labels != UNKNOWN
    guess = probabilities[known].argmax(axis=1)
    return exchanged(confusion(labels[known], guess, len(classes)), classes)


def exchanged(counts: NDArray[np.int64], classes: Sequence[str]) -> str:
    """Return what to say where classes are called one another in a ring, "" mostly.

    A network may call most patches of one class another. It hardly does so in a ring, each class
    called the next, the last one the first: then the names of columns were exchanged or shifted.

    Args:
      counts: confusion matrix (c, c), rows are the true classes; classes: in its order.

    >>> exchanged(np.array([[1, 9, 0], [8, 1, 0], [0, 0, 5]]), ["Orf", "CCHF", "Ebola"])
    'most of Orf is called CCHF, most of CCHF is called Orf: are these columns exchanged?'
    """
    called = {
        n: int(row.argmax())
        for n, row in enumerate(counts)
        if 2 * row.max() > row.sum() and row.argmax() != n
    }
    for first in called:
        ring = [first]
        while (after := called.get(ring[-1])) is not None and after not in ring:
            ring.append(after)
        if after == first:
            names = [f"most of {classes[n]} is called {classes[called[n]]}" for n in ring[:MOST]]
            rest = f" and so on, {len(ring)} classes in a ring" if len(ring) > MOST else ""
            return f"{', '.join(names)}{rest}: are these columns exchanged?"
    return ""
