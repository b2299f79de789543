"""Particles of whole scenes, at the scale that a network is trained at."""

import dataclasses
from collections.abc import Sequence

import keras
import numpy as np

from benchmark.detection.data import Scene
from benchmark.detection.recipes import LARGEST, DetectionRecipe
from benchmark.detection.yolo.detect import STEP, detect_in_tiles, resized
from benchmark.detection.yolo.detector import DetectBatch
from benchmark.detection.yolo.inference import of_network
from benchmark.detection.yolo.nms import MIN_CONFIDENCE, DetectedBoxes
from benchmark.models.layers.yolov5_network import anchors_of

AT_ONCE = 16 * 640**2  # pixels: what a network makes of more may not fit into memory


def rescaled(scene: Scene, nm: float) -> Scene:
    """Return the scene with so many nm to a pixel; as it is where its pixel size is not known."""
    image = resized(scene.image, (scene.nm_per_pixel or nm) / nm)
    if image is scene.image:
        return scene
    sides = np.array(image.shape[::-1]) / scene.image.shape[::-1]
    boxes = scene.boxes * np.tile(sides, 2).astype(np.float32)
    return dataclasses.replace(scene, image=image, boxes=boxes, nm_per_pixel=nm)


def predict(
    network: keras.Model, scenes: Sequence[Scene], recipe: DetectionRecipe
) -> list[DetectedBoxes]:
    """Find particles in whole scenes, at the recipe's scale.

    Those of up to 1280 pixels a side are filled up to the largest one's size, since a network is
    compiled for one size at a time; larger ones are shown in tiles, as `benchmark.predict` does.

    Returns:
      For each scene what was found, boxes in pixels of the scene as it was given.
    """
    anchors = anchors_of(network).numpy()
    find = of_network(network, anchors)
    seen = [rescaled(one, recipe.nm_per_pixel) for one in scenes]
    small = [n for n, one in enumerate(seen) if max(one.image.shape) <= LARGEST]
    found = dict(
        zip(small, _padded(find, [seen[n] for n in small], recipe.batch_size), strict=True)
    )
    largest, classes = float(anchors.max()), int(network.output_shape[-1]) - 5
    for n, one in enumerate(seen):
        if n not in found:
            found[n] = detect_in_tiles(one.image, find, LARGEST, largest, MIN_CONFIDENCE, classes)
    return [_in(given, seen[n], found[n]) for n, given in enumerate(scenes)]


def _padded(find: DetectBatch, seen: Sequence[Scene], batch: int) -> list[DetectedBoxes]:
    """Find particles in pictures filled up to one size, several at once."""
    if not seen:
        return []
    height, width = (
        -(-max(one.image.shape[axis] for one in seen) // STEP) * STEP for axis in (0, 1)
    )
    batch = max(1, min(batch, AT_ONCE // (height * width)))
    found: list[DetectedBoxes] = []
    for first in range(0, len(seen), batch):
        pictures = [_filled(one, height, width) for one in seen[first : first + batch]]
        found += find(np.stack(pictures)[..., None])
    return found


def _filled(scene: Scene, height: int, width: int) -> np.ndarray:
    image = scene.standardized()
    rows, columns = height - image.shape[0], width - image.shape[1]
    return np.pad(image, ((0, rows), (0, columns)))  # with the mean


def _in(given: Scene, seen: Scene, found: DetectedBoxes) -> DetectedBoxes:
    """Leave out what was found beyond the border; count in the pixels of the scene given."""
    sides, before = (np.array(one.image.shape[::-1]) for one in (seen, given))
    kept = (found.boxes[:, :2] < sides).all(axis=1)
    ratio = np.tile(before / sides, 2).astype(np.float32)
    return DetectedBoxes(found.boxes[kept] * ratio, found.labels[kept], found.confidence[kept])
