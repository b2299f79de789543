"""Augmentation of detectors' training images: mosaics of four micrographs, each transformed.

A micrograph shows few particles, all at one magnification and before one background. A mosaic puts
windows of four micrographs around a random point: an image then holds more particles, of several
classes and scales, and statistics of a batch are those of four times as many micrographs. Each
window is placed so that it holds at least one complete particle. Boxes follow the same affine map
as the pixels. The hyperparameters are YOLOv5's, where they make sense for gray images of particles
that have no upper side: all rotations are equally likely.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmark.detection.data import Scene
from benchmark.detection.recipes import DetectionRecipe
from tem_virus_dataset.networks.boxes import centred, corners

MIN_VISIBLE = 0.2  # share of a box that must be left within the image
MIN_SIDE = 2.0  # pixels of a box's side


def fitting(scenes: list[Scene], side: float) -> NDArray[np.intp]:
    """Return which scenes have no box larger than half of an image: mosaics are made of these."""
    largest = np.array([scene.boxes[:, 2:].max(initial=0) for scene in scenes])
    return np.flatnonzero(largest <= side / 2)


def training_image(
    scenes: list[Scene],
    index: int,
    recipe: DetectionRecipe,
    seed: list[int],
    small: NDArray[np.intp] | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.int64]]:
    """Make one training image around the micrograph at `index`.

    Args:
      scenes: at about the scale that the network is trained at.
      seed: determines the image.
      small: what `fitting` returns for them, if it is known.

    Returns:
      (side, side) float32; boxes (n, 4) x, y, width, height in pixels; labels (n,).
    """
    rng, side = np.random.default_rng(seed), recipe.image_size
    small = fitting(scenes, side) if small is None else small
    is_mosaic = rng.random() < recipe.mosaic and index in small
    chosen = [index, *rng.choice(small, size=3).tolist()] if is_mosaic else [index]
    canvas = np.zeros((side, side), np.float32)
    middle = rng.uniform(0.25, 0.75, 2) * side if is_mosaic else np.array([side, side], float)
    all_boxes: list[NDArray[np.floating]] = []
    all_labels: list[NDArray[np.int64]] = []
    for part, scene in enumerate(chosen):
        x0, x1 = ((0, middle[0]), (middle[0], side))[part % 2]
        y0, y1 = ((0, middle[1]), (middle[1], side))[part // 2]
        x0, y0, x1, y1 = (round(v) for v in (x0, y0, x1, y1))
        if x1 <= x0 or y1 <= y0:
            continue
        window, boxes, labels = _window(scenes[scene], x1 - x0, y1 - y0, recipe, rng)
        canvas[y0:y1, x0:x1] = window
        all_boxes.append(boxes + np.array([x0, y0, 0, 0]))
        all_labels.append(labels)
    gain = 1 + recipe.contrast * rng.uniform(-1, 1)
    shift = recipe.brightness * rng.uniform(-1, 1)
    boxes, labels = np.concatenate(all_boxes), np.concatenate(all_labels)
    return (gain * canvas + shift).astype(np.float32), boxes.astype(np.float32), labels


def _window(
    scene: Scene, width: int, height: int, recipe: DetectionRecipe, rng: np.random.Generator
) -> tuple[NDArray[np.float32], NDArray[np.floating], NDArray[np.int64]]:
    """Cut a window around one of the particles out of a transformed micrograph.

    It stays within the micrograph's border. Where the micrograph is smaller than the window, the
    rest is its mean: a mirror would show particles that have no box.
    """
    matrix = _matrix(recipe, rng)
    if len(scene.boxes):
        box = scene.boxes[rng.integers(len(scene.boxes))].astype(float)
    else:
        box = np.array([*(rng.uniform(0, 1, 2) * scene.image.shape[::-1]), 0, 0])
    window = np.array([width, height])
    margin = np.minimum(np.abs(matrix) @ box[2:] / window / 2, 0.5)  # so that all of it is inside
    target = window * rng.uniform(margin, 1 - margin)
    shift = _within(matrix, target - matrix @ box[:2], scene.image.shape[::-1], window)
    matrix = np.hstack([matrix, shift[:, None]])
    pixels = cv2.warpAffine(scene.standardized(), matrix, (width, height)).astype(np.float32)
    boxes, kept = transformed(scene.boxes, matrix, width, height)
    return pixels, boxes, scene.labels[kept]


def _within(
    matrix: NDArray[np.float64],
    shift: NDArray[np.float64],
    size: tuple[int, ...],
    window: NDArray[np.integer],
) -> NDArray[np.float64]:
    """Return the shift with which a window shows as little beyond the micrograph as it can.

    A micrograph that is smaller than the window is shown completely.
    """
    ends = np.array([[0, 0], [size[0], 0], [0, size[1]], [size[0], size[1]]]) @ matrix.T + shift
    low, high = ends.min(axis=0), ends.max(axis=0)
    fits = high - low >= window
    inwards = -np.maximum(low, 0) + np.maximum(window - high, 0)
    complete = -np.minimum(low, 0) + np.minimum(window - high, 0)
    return shift + np.where(fits, inwards, complete)


def _matrix(recipe: DetectionRecipe, rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw a linear map (2, 2): scale, shear, rotation and flip."""
    angle = rng.uniform(0, 2 * np.pi) if recipe.free_rotation else rng.integers(4) * np.pi / 2
    scale = 2 ** rng.uniform(-recipe.scale_jitter, recipe.scale_jitter)
    rotation = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shear = np.eye(2) + np.tan(np.radians(rng.uniform(-recipe.shear, recipe.shear, (2, 2)))) * (
        1 - np.eye(2)
    )
    flip = np.diag([rng.choice([-1, 1]), 1])
    return scale * shear @ rotation @ flip


def transformed(
    boxes: NDArray[np.floating], matrix: NDArray[np.floating], width: int, height: int
) -> tuple[NDArray[np.floating], NDArray[np.intp]]:
    """Map boxes by an affine matrix (2, 3), and clip them at the image's border.

    Returns:
      The boxes of which enough is left, (m, 4), and their positions among those given, (m,).
    """
    if not len(boxes):
        return np.zeros((0, 4)), np.zeros(0, np.int64)
    x0, y0, x1, y1 = corners(boxes.astype(np.float64)).T
    points = np.stack([np.stack([x, y]) for x in (x0, x1) for y in (y0, y1)])  # (4, 2, n)
    points = np.einsum("ij,kjn->kin", matrix[:, :2], points) + matrix[:, 2, None]
    unclipped = np.hstack([points.min(axis=0).T, points.max(axis=0).T])
    clipped = unclipped.clip(0, [width, height, width, height])
    sides, before = clipped[:, 2:] - clipped[:, :2], unclipped[:, 2:] - unclipped[:, :2]
    visible = sides.prod(axis=1) / before.prod(axis=1)
    kept = np.flatnonzero((visible >= MIN_VISIBLE) & (sides.min(axis=1) >= MIN_SIDE))
    return centred(clipped[kept]), kept
