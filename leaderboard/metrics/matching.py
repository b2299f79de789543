"""Matching of detections with ground-truth boxes, by class, overlap and confidence."""

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.predictions.detection import Detections

OVERLAP = 0.5  # IoU from which on a detection matches a box
AT_ONCE = 500  # detections whose overlaps are in memory: micrographs can hold thousands of boxes
NONE = -1


def overlaps(first: NDArray[np.floating], second: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the intersection over union (IoU) of boxes (n, 4) and (m, 4), as (n, m).

    Boxes are x, y of the centre, width, height.

    >>> overlaps(np.array([[5.0, 5, 10, 10]]), np.array([[10.0, 5, 10, 10]])).round(3).tolist()
    [[0.333]]
    """
    a, b = np.asarray(first, np.float64)[:, None], np.asarray(second, np.float64)[None]
    low = np.maximum(a[..., :2] - a[..., 2:] / 2, b[..., :2] - b[..., 2:] / 2)
    high = np.minimum(a[..., :2] + a[..., 2:] / 2, b[..., :2] + b[..., 2:] / 2)
    intersection = (high - low).clip(0).prod(axis=-1)
    union = a[..., 2:].prod(axis=-1) + b[..., 2:].prod(axis=-1) - intersection
    return np.divide(intersection, union, out=np.zeros_like(intersection), where=union > 0)


# The rule of COCO (Lin et al. 2014) and PASCAL VOC: a greedy assignment in the order of confidence.
# The best assignment over all detections would match a few more boxes, but then a detection of low
# confidence could change the match of a more confident detection. With the greedy rule, what is
# correct above a threshold does not depend on the detections below it: so one matching gives the
# whole curve of scores over thresholds, and the average precision.


def match(
    truth: BoxTruth, detections: Detections, thresholds: tuple[float, ...] = (OVERLAP,)
) -> NDArray[np.int64]:
    """Return the box that each detection is matched with, if any.

    The most confident detection is matched first. It takes the box that it overlaps most, of those
    boxes of its class and micrograph that are still free, if their IoU reaches the threshold. A
    second detection of a box is a false positive.

    Args:
      detections: in the micrographs of `truth`, in its order; thresholds: one IoU, or several.

    Returns:
      (len(thresholds), len(detections)) index into the table's boxes, NONE for a false positive.

    Raises:
      ValueError: other micrographs than the table's.
    """
    if not np.array_equal(truth.ids, detections.ids):
        raise ValueError("found detections in other micrographs, expected those of the table")
    result = np.full((len(thresholds), len(detections)), NONE)
    box_groups = truth.micrographs * len(truth.classes) + truth.labels
    groups = detections.micrographs * len(truth.classes) + detections.labels
    for group in np.intersect1d(box_groups, groups):
        boxes, rows = np.flatnonzero(box_groups == group), np.flatnonzero(groups == group)
        is_free = np.ones((len(thresholds), len(boxes)), bool)
        for part in np.split(rows, range(AT_ONCE, len(rows), AT_ONCE)):
            overlap = overlaps(detections.boxes[part], truth.boxes[boxes])
            for level, threshold in enumerate(thresholds):
                for row in np.flatnonzero((overlap >= threshold).any(axis=1)):
                    candidates = np.where(is_free[level], overlap[row], -1)
                    best = int(candidates.argmax())
                    if candidates[best] >= threshold:
                        is_free[level, best] = False
                        result[level, part[row]] = boxes[best]
    return result
