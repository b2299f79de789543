"""One list of particles out of what was found in tiles that overlap."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmark.detection.data import centred, corners
from benchmark.detection.yolo.decoding import Found, found
from benchmark.detection.yolo.tiles import Tile

COVERED = 0.5  # share of a cut-off box that lies in a whole one: it is a piece of that
SAME = 0.4  # IoU from which on finds of two tiles are of one particle, which each sees otherwise
ANY = 1e-6  # confidence: what is less sure than was asked for is left out before


def merged(
    parts: Sequence[tuple[Tile, Found]], shape: tuple[int, ...], least: float, classes: int
) -> Found:
    """Join what was found in the tiles of a picture.

    A particle that lies in two tiles is taken once. A piece of one, cut off where its tile ends, is
    dropped where a neighbour shows it whole, and kept where none does.

    Args:
      parts: each tile with what was found in it, in the tile's pixels.
      shape: height and width of the picture; least: confidence below which nothing is kept.

    Returns:
      What is in the picture, in its pixels, boxes cut off at its border.
    """
    moved = [f.boxes + np.array([t.x, t.y, 0, 0], np.float32) for t, f in parts]
    boxes = np.concatenate([np.zeros((0, 4), np.float32), *moved])
    labels = np.concatenate([np.zeros(0, np.int64), *(f.labels for _, f in parts)])
    sure = np.concatenate([np.zeros(0, np.float32), *(f.confidence for _, f in parts)])
    cut = np.concatenate([np.zeros(0, bool), *(t.reaching(f, shape) for t, f in parts)])
    inside = ((boxes[:, :2] >= 0) & (boxes[:, :2] <= [shape[1], shape[0]])).all(axis=1)
    chosen = inside & (sure >= least)
    chosen[chosen] = ~_pieces(boxes[chosen], cut[chosen])
    chances = np.zeros((int(chosen.sum()), classes), np.float32)
    chances[np.arange(len(chances)), labels[chosen]] = sure[chosen]
    overlap = {"overlap": SAME} if len(parts) > 1 else {}
    kept = found(boxes[chosen], chances, ANY, most=len(chances), **overlap)
    return Found(_within(kept.boxes, shape), kept.labels, kept.confidence)


def _pieces(boxes: NDArray[np.floating], cut: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which of the cut-off boxes are pieces of whole ones, (n,)."""
    pieces = np.zeros(len(boxes), bool)
    whole = corners(boxes[~cut])
    for n in np.flatnonzero(cut):
        x0, y0, x1, y1 = corners(boxes[n : n + 1])[0]
        wide = np.minimum(whole[:, 2], x1) - np.maximum(whole[:, 0], x0)
        high = np.minimum(whole[:, 3], y1) - np.maximum(whole[:, 1], y0)
        shared = wide.clip(0) * high.clip(0)
        pieces[n] = bool((shared >= COVERED * (x1 - x0) * (y1 - y0)).any())
    return pieces


def _within(boxes: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    limits = np.array([shape[1], shape[0], shape[1], shape[0]], np.float32)
    return centred(corners(boxes).clip(0, limits)).astype(np.float32)
