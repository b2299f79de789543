"""Which finds are right: each box is found once, by the surest find that overlaps it enough."""

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.detection import BoxTable
from leaderboard.predictions.detection import Detections

OVERLAP = 0.5  # IoU from which on a find is one of a box
NONE = -1


def overlaps(one: NDArray[np.floating], other: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the intersection over union of boxes (n, 4) and (m, 4), as (n, m).

    Boxes are x, y of the centre, width, height.

    >>> overlaps(np.array([[5.0, 5, 10, 10]]), np.array([[10.0, 5, 10, 10]])).round(3).tolist()
    [[0.333]]
    """
    a, b = np.asarray(one, np.float64)[:, None], np.asarray(other, np.float64)[None]
    low = np.maximum(a[..., :2] - a[..., 2:] / 2, b[..., :2] - b[..., 2:] / 2)
    high = np.minimum(a[..., :2] + a[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2)
    shared = (high - low).clip(0).prod(axis=-1)
    both = a[..., 2:].prod(axis=-1) + b[..., 2:].prod(axis=-1) - shared
    return np.divide(shared, both, out=np.zeros_like(shared), where=both > 0)


def match(
    table: BoxTable, found: Detections, least: tuple[float, ...] = (OVERLAP,)
) -> NDArray[np.int64]:
    """Say which box each find is one of, if any.

    The surest find takes first: of the boxes of its class in its micrograph that are still free,
    the one that it overlaps most, if by `least`. A second find of a box is a false alarm. What is
    right among the finds above a confidence does not depend on those below it.

    Args:
      found: in the micrographs of `table`, in its order; least: one IoU, or several.

    Returns:
      (len(least), len(found)) index into the table's boxes, NONE for a false alarm.

    Raises:
      ValueError: other micrographs than the table's.
    """
    if not np.array_equal(table.ids, found.ids):
        raise ValueError("found detections in other micrographs, expected those of the table")
    result = np.full((len(least), len(found)), NONE)
    groups = table.micrographs * len(table.classes) + table.labels
    ours = found.micrographs * len(table.classes) + found.labels
    for group in np.intersect1d(groups, ours):
        boxes, finds = np.flatnonzero(groups == group), np.flatnonzero(ours == group)
        overlap = overlaps(found.boxes[finds], table.boxes[boxes])
        for level, limit in enumerate(least):
            free = np.ones(len(boxes), bool)
            for row in np.flatnonzero((overlap >= limit).any(axis=1)):
                left = np.where(free, overlap[row], -1)
                best = int(left.argmax())
                if left[best] >= limit:
                    free[best] = False
                    result[level, finds[row]] = boxes[best]
    return result
