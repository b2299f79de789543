"""Training pictures: mosaics of four micrographs, turned, scaled, sheared, flipped, brightened.

The hyperparameters are YOLOv5's, where they make sense for gray pictures of particles that have no
upper side: all angles are equally likely.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmark.detection.data import Scene, centred, corners
from benchmark.detection.recipes import DetectionRecipe

LEAST = 0.2  # share of a box that must be left within the picture
SMALLEST = 2.0  # pixels of a side


def fitting(scenes: list[Scene], side: float) -> NDArray[np.intp]:
    """Return which scenes have no box larger than half of a picture: those that mosaics are of."""
    largest = np.array([one.boxes[:, 2:].max(initial=0) for one in scenes])
    return np.flatnonzero(largest <= side / 2)


def picture(
    scenes: list[Scene],
    index: int,
    how: DetectionRecipe,
    seed: list[int],
    small: NDArray[np.intp] | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Make one training picture around a micrograph.

    Args:
      scenes: at about the scale that the network shall see them.
      seed: the same gives the same picture.
      small: what `fitting` gives for them, if it is at hand.

    Returns:
      (side, side) float32; boxes (n, 4) x, y, width, height in pixels; labels (n,).
    """
    rng, side = np.random.default_rng(seed), how.image_size
    small = fitting(scenes, side) if small is None else small
    several = rng.random() < how.mosaic and index in small
    chosen = [index, *rng.choice(small, size=3).tolist()] if several else [index]
    canvas = np.zeros((side, side), np.float32)
    middle = rng.uniform(0.25, 0.75, 2) * side if several else np.array([side, side], float)
    found: list[NDArray[np.floating]] = []
    kinds: list[NDArray[np.int64]] = []
    for part, one in enumerate(chosen):
        x0, x1 = ((0, middle[0]), (middle[0], side))[part % 2]
        y0, y1 = ((0, middle[1]), (middle[1], side))[part // 2]
        x0, y0, x1, y1 = (round(v) for v in (x0, y0, x1, y1))
        if x1 <= x0 or y1 <= y0:
            continue
        tile, boxes, labels = _tile(scenes[one], x1 - x0, y1 - y0, how, rng)
        canvas[y0:y1, x0:x1] = tile
        found.append(boxes + np.array([x0, y0, 0, 0]))
        kinds.append(labels)
    gain = 1 + how.contrast * rng.uniform(-1, 1)
    shift = how.brightness * rng.uniform(-1, 1)
    boxes, labels = np.concatenate(found), np.concatenate(kinds)
    return (gain * canvas + shift).astype(np.float32), boxes.astype(np.float32), labels


def _tile(
    scene: Scene, width: int, height: int, how: DetectionRecipe, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.floating], NDArray[np.int64]]:
    """Cut a window around one of the particles out of a changed micrograph, within its border.

    Where the micrograph is smaller than the window, the rest is its mean: a mirror would show
    particles that have no box.
    """
    matrix = _matrix(how, rng)
    if len(scene.boxes):
        box = scene.boxes[rng.integers(len(scene.boxes))].astype(float)
    else:
        box = np.array([*(rng.uniform(0, 1, 2) * scene.image.shape[::-1]), 0, 0])
    window = np.array([width, height])
    margin = np.minimum(np.abs(matrix) @ box[2:] / window / 2, 0.5)  # the particle lies whole in it
    target = window * rng.uniform(margin, 1 - margin)
    shift = _within(matrix, target - matrix @ box[:2], scene.image.shape[::-1], window)
    matrix = np.hstack([matrix, shift[:, None]])
    tile = cv2.warpAffine(scene.standardized(), matrix, (width, height)).astype(np.float32)
    boxes, kept = moved(scene.boxes, matrix, width, height)
    return tile, boxes, scene.labels[kept]


def _within(
    matrix: NDArray[np.float64],
    shift: NDArray[np.float64],
    size: tuple[int, ...],
    window: NDArray[np.integer],
) -> NDArray[np.float64]:
    """Move a window such that it shows no more from beyond the micrograph than it must."""
    ends = np.array([[0, 0], [size[0], 0], [0, size[1]], [size[0], size[1]]]) @ matrix.T + shift
    low, high = ends.min(axis=0), ends.max(axis=0)
    fits = high - low >= window
    inwards = -np.maximum(low, 0) + np.maximum(window - high, 0)
    return shift + np.where(fits, inwards, 0)


def _matrix(how: DetectionRecipe, rng: np.random.Generator) -> NDArray[np.float64]:
    angle = rng.uniform(0, 2 * np.pi) if how.free_rotation else rng.integers(4) * np.pi / 2
    size = 2 ** rng.uniform(-how.scale_jitter, how.scale_jitter)
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    sheared = np.eye(2) + np.tan(np.radians(rng.uniform(-how.shear, how.shear, (2, 2)))) * (
        1 - np.eye(2)
    )
    flipped = np.diag([rng.choice([-1, 1]), 1])
    return size * sheared @ turned @ flipped


def moved(
    boxes: NDArray[np.floating], matrix: NDArray[np.floating], width: int, height: int
) -> tuple[NDArray[np.floating], NDArray[np.intp]]:
    """Move boxes by an affine matrix (2, 3), and cut them off at the picture's border.

    Returns:
      The boxes of which enough is left, (m, 4), and their positions among those given, (m,).
    """
    if not len(boxes):
        return np.zeros((0, 4)), np.zeros(0, np.int64)
    x0, y0, x1, y1 = corners(boxes.astype(np.float64)).T
    points = np.stack([np.stack([x, y]) for x in (x0, x1) for y in (y0, y1)])  # (4, 2, n)
    points = np.einsum("ij,kjn->kin", matrix[:, :2], points) + matrix[:, 2, None]
    whole = np.hstack([points.min(axis=0).T, points.max(axis=0).T])
    cut = whole.clip(0, [width, height, width, height])
    sides, before = cut[:, 2:] - cut[:, :2], whole[:, 2:] - whole[:, :2]
    left = sides.prod(axis=1) / before.prod(axis=1)
    kept = np.flatnonzero((left >= LEAST) & (sides.min(axis=1) >= SMALLEST))
    return centred(cut[kept]), kept
