"""Test-time augmentation of a detector: the detections of all D4 transforms of an image as one.

A detector sees a rotated or mirrored image as another one: a particle at the edge of detection is
found in some of the eight, and each places its box a little differently. Averaged over them, a
false positive of one transform has an eighth of its confidence, and the box lies where most saw the
particle. The boxes are averaged after suppression and not before: positions of the grid that have
the same place in two transforms need not have detected the same particle. After weighted boxes
fusion (Solovyev, Wang & Gabruseva 2021, arXiv 1910.13302), but with one box of each transform.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.networks import boxes as boxes_of
from tem_virus_dataset.networks import d4_transforms
from tem_virus_dataset.networks.d4_transforms import FLIP_HORIZONTAL, FLIP_VERTICAL, TRANSPOSE
from tem_virus_dataset.networks.detector import DetectBatch, Detector
from tem_virus_dataset.networks.nms import MIN_CONFIDENCE, DetectedBoxes

MOST_OF_VIEW = 2_000  # detections of one view: few are left out that others could have joined


def in_views(detect_batch: DetectBatch, tta: int, max_detections: int) -> DetectBatch:
    """Return a network that averages its detections over D4 transforms.

    Args:
      tta: number of transforms, 1 to 8; 1 returns the network as it is.
      max_detections: of one image, the most confident.
    """
    if tta == 1:
        return detect_batch

    def detect(images: NDArray[np.float32], /) -> list[DetectedBoxes]:
        height, width = images.shape[1:3]
        views = []
        for transform in range(tta):
            turned = np.ascontiguousarray(d4_transforms.applied(images, transform))
            views.append([
                dataclasses.replace(found, boxes=undone(found.boxes, transform, height, width))
                for found in detect_batch(turned)
            ])  # fmt: skip
        return [fused(of_image, max_detections) for of_image in zip(*views, strict=True)]

    return detect


def augmented(
    detector: Detector,
    tta: int,
    confidence: float | None = None,
    certain_confidence: float | None = None,
) -> Detector:
    """Return a detector that averages its detections over D4 transforms.

    Args:
      detector: of one view; tta: number of transforms, 1 to 8; 1 returns the detector as it is.
      confidence: threshold chosen for the averages; None: the detector's.
      certain_confidence: of the averages, as `Detector` has it.

    Raises:
      ValueError: the detector averages already.
    """
    if tta == 1:
        return detector
    if detector.tta > 1:
        raise ValueError(f"{detector.name}: averages over {detector.tta} transforms already")
    half = detector.on_half

    def half_augmented() -> Detector:
        assert half is not None
        return augmented(
            dataclasses.replace(half(), name=detector.name), tta, confidence, certain_confidence
        )

    return dataclasses.replace(
        detector,
        detect_batch=in_views(detector.detect_batch, tta, MOST_OF_VIEW),
        confidence=detector.confidence if confidence is None else confidence,
        certain_confidence=certain_confidence,
        on_half=None if half is None else half_augmented,
        tta=tta,
        in_one_view=detector,
    )


def undone(
    boxes: NDArray[np.float32], transform: int, height: int, width: int
) -> NDArray[np.float32]:
    """Return boxes of a transformed image in the pixels of the image itself.

    Args:
      boxes: (n, 4) x, y of the centre, width, height; transform: see `d4_transforms`.
      height, width: of the image before the transform.
    """
    given = boxes.copy()
    if transform & TRANSPOSE:
        height, width = width, height
    if transform & FLIP_HORIZONTAL:
        given[:, 0] = width - given[:, 0]
    if transform & FLIP_VERTICAL:
        given[:, 1] = height - given[:, 1]
    return given[:, [1, 0, 3, 2]] if transform & TRANSPOSE else given


def fused(views: Sequence[DetectedBoxes], max_detections: int) -> DetectedBoxes:
    """Return the detections of one image from those of its transforms.

    Class by class, the most confident detection is joined with those of IoU .5 or more, one of each
    transform. Its confidence is their mean over all transforms, 0 where there is none; its box
    their mean, weighted by confidence. Further boxes of a transform there are dropped.

    Args:
      views: of each transform, boxes in the pixels of the image, suppressed class by class.
      max_detections: of the result, the most confident.
    """
    boxes = np.concatenate([view.boxes for view in views]).astype(np.float64)
    labels = np.concatenate([view.labels for view in views])
    confidence = np.concatenate([view.confidence for view in views]).astype(np.float64)
    seen_by = np.repeat(np.arange(len(views)), [len(view.boxes) for view in views])
    order = np.lexsort((-confidence, labels))
    boxes, labels, confidence = boxes[order], labels[order], confidence[order]
    group = _groups(boxes, labels)
    # In order of confidence, the first of a transform in a group is its most confident.
    _, rows = np.unique(group * len(views) + seen_by[order], return_index=True)
    first, at = np.unique(group[rows], return_inverse=True)
    total = np.bincount(at, confidence[rows], len(first))
    weighted = boxes[rows] * confidence[rows, None]
    sums = [np.bincount(at, side, len(first)) for side in weighted.T]
    mean = np.stack(sums, axis=1) / total[:, None]
    # A limit left out less confident ones of a view, each of which may be missing in a mean. What
    # could be less than such a mean is dropped, so that all that is left out is less confident.
    cut = [float(view.confidence.min()) for view in views if view.left_out]
    least = max([MIN_CONFIDENCE, *(value / len(views) for value in cut)])
    ranked = np.argsort(-total, kind="stable")
    found = ranked[total[ranked] / len(views) >= least]
    chosen = found[:max_detections]
    return DetectedBoxes(
        mean[chosen].astype(np.float32),
        labels[first[chosen]],
        (total[chosen] / len(views)).astype(np.float32),
        len(found) - len(chosen) + max(view.left_out for view in views),
    )


def _groups(boxes: NDArray[np.float64], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each box the first one of its particle, which is the most confident.

    Args:
      boxes: (n, 4); labels: (n,); sorted by class, the most confident of each class first.
    """
    # Far enough apart, boxes of different classes do not overlap: so one search is for all.
    apart = boxes.copy()
    apart[:, 0] += labels * (4 * np.abs(boxes).max(initial=0) + 1)
    first, second = boxes_of.same(apart, apart)
    order = np.lexsort((second, first))
    begin = np.searchsorted(first[order], np.arange(len(boxes) + 1)).tolist()
    near = second[order].tolist()
    group = [-1] * len(boxes)
    for row in range(len(boxes)):  # one depends on those before; lists are faster than arrays here
        if group[row] < 0:
            group[row] = row  # a box without an area does not overlap itself
            for other in near[begin[row] : begin[row + 1]]:
                if group[other] < 0:
                    group[other] = row
    return np.array(group, np.int64)
