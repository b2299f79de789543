"""Merging: one list of detections from tiles that overlap.

A particle in the overlap of two tiles is detected twice, and one on a tile's border only in part.
Suppression alone does not repair this: a part of a large particle has a small IoU with the complete
box, and may be more confident. Two steps follow each other. First, parts are dropped: boxes that
end at a border between tiles and lie mostly inside a box that does not. Then suppression joins the
detections of two tiles of the same particle. Its IoU threshold is lower than within a tile, because
each tile cuts off the surroundings elsewhere and predicts a slightly different box.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.networks.boxes import centred, corners
from tem_virus_dataset.networks.nms import DetectedBoxes, non_maximum_suppression, reaches
from tem_virus_dataset.networks.tiles import Tile

COVERED = 0.5  # share of a cut-off box inside a complete one, from which on it is a part of that
SAME_PARTICLE = 0.4  # IoU from which on detections of two tiles are of one particle
ANY = 1e-6  # confidence threshold of the suppression: the caller's was applied before


def merged(
    parts: Sequence[tuple[Tile, DetectedBoxes]],
    shape: tuple[int, ...],
    min_confidence: float,
    classes: int,
    max_detections: int,
) -> DetectedBoxes:
    """Join the detections in the tiles of an image.

    A particle that lies in two tiles is kept once. A part of one, cut off where its tile ends, is
    dropped where a neighbouring tile holds it completely, and kept where none does.

    Args:
      parts: every tile with its detections, in the tile's pixels.
      shape: height and width of the image; min_confidence: detections below it are dropped.
      max_detections: of the image, the most confident.

    Returns:
      The detections in the image, in its pixels, boxes clipped at its border. `left_out` also
      counts those that the tiles left out, where they may have reached `min_confidence`.
    """
    moved = [d.boxes + np.array([t.x, t.y, 0, 0], np.float32) for t, d in parts]
    boxes = np.concatenate([np.zeros((0, 4), np.float32), *moved])
    labels = np.concatenate([np.zeros(0, np.int64), *(d.labels for _, d in parts)])
    confidence = np.concatenate([np.zeros(0, np.float32), *(d.confidence for _, d in parts)])
    cut_off = np.concatenate([np.zeros(0, bool), *(t.cuts_off(d, shape) for t, d in parts)])
    inside = ((boxes[:, :2] >= 0) & (boxes[:, :2] <= [shape[1], shape[0]])).all(axis=1)
    chosen = inside & reaches(confidence, min_confidence)
    chosen[chosen] = ~_parts_of_others(boxes[chosen], cut_off[chosen])
    if len(parts) > 1:
        scores = np.zeros((int(chosen.sum()), classes), np.float32)
        scores[np.arange(len(scores)), labels[chosen]] = confidence[chosen]
        kept = non_maximum_suppression(
            boxes[chosen], scores, ANY, SAME_PARTICLE, max_detections=len(scores)
        )  # all of them: what is cut next has been counted once
    else:  # the network suppressed them
        order = np.flatnonzero(chosen)
        order = order[np.argsort(-confidence[order], kind="stable")]
        kept = DetectedBoxes(boxes[order], labels[order], confidence[order])
    in_tiles = sum(d.left_out for _, d in parts if d.confidence.min(initial=1) >= min_confidence)
    return DetectedBoxes(
        _clipped(kept.boxes[:max_detections], shape),
        kept.labels[:max_detections],
        kept.confidence[:max_detections],
        in_tiles + max(0, len(kept.boxes) - max_detections),
    )


def _parts_of_others(boxes: NDArray[np.floating], cut_off: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which of the cut-off boxes are parts of complete ones, (n,)."""
    parts = np.zeros(len(boxes), bool)
    complete = corners(boxes[~cut_off])
    for n in np.flatnonzero(cut_off):
        x0, y0, x1, y1 = corners(boxes[n : n + 1])[0]
        wide = np.minimum(complete[:, 2], x1) - np.maximum(complete[:, 0], x0)
        high = np.minimum(complete[:, 3], y1) - np.maximum(complete[:, 1], y0)
        shared = wide.clip(0) * high.clip(0)
        parts[n] = bool((shared >= COVERED * (x1 - x0) * (y1 - y0)).any())
    return parts


def _clipped(boxes: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    limits = np.array([shape[1], shape[0], shape[1], shape[0]], np.float32)
    return centred(corners(boxes).clip(0, limits)).astype(np.float32)
