"""Detect particles in whole micrographs at the scale of a recipe, and score the detections."""

import dataclasses
from collections.abc import Sequence

import keras
import numpy as np

from benchmark.detection.data import Scene
from benchmark.detection.recipes import LARGEST, DetectionRecipe
from benchmark.models.layers.yolov5_network import anchors_of
from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.predictions import detection as detections
from leaderboard.predictions.detection import Detections
from leaderboard.scoring import detection as scoring
from tem_virus_dataset.networks.detect import STEP, detect_in_tiles, resized
from tem_virus_dataset.networks.detector import DetectBatch
from tem_virus_dataset.networks.inference import of_network
from tem_virus_dataset.networks.nms import MIN_CONFIDENCE, DetectedBoxes

PIXELS_AT_ONCE = 16 * 640**2  # of a batch: the activations of more may not fit into memory


def rescaled(scene: Scene, nm_per_pixel: float) -> Scene:
    """Return a scene at another pixel size; unchanged where its own is not known."""
    image = resized(scene.image, (scene.nm_per_pixel or nm_per_pixel) / nm_per_pixel)
    if image is scene.image:
        return scene
    ratio = np.array(image.shape[::-1]) / scene.image.shape[::-1]
    boxes = scene.boxes * np.tile(ratio, 2).astype(np.float32)
    return dataclasses.replace(scene, image=image, boxes=boxes, nm_per_pixel=nm_per_pixel)


def predict(
    network: keras.Model, scenes: Sequence[Scene], recipe: DetectionRecipe
) -> list[DetectedBoxes]:
    """Detect particles in whole scenes with a `keras.Model`; see `predict_with`."""
    anchors = anchors_of(network).numpy()
    classes = int(network.output_shape[-1]) - 5
    detect_batch = of_network(network, anchors, recipe.nms_iou)
    return predict_with(detect_batch, float(anchors.max()), classes, scenes, recipe)


def predict_with(
    detect_batch: DetectBatch,
    largest: float,
    classes: int,
    scenes: Sequence[Scene],
    recipe: DetectionRecipe,
) -> list[DetectedBoxes]:
    """Detect particles in whole scenes, at the recipe's scale.

    A network is compiled for one size at a time, so scenes of up to 1280 pixels a side are padded
    to the size of the largest one; larger ones are split into tiles, as in `benchmark.predict`.

    Args:
      detect_batch: the network; largest: side in pixels of its largest anchor; classes: number.

    Returns:
      The detections of each scene, boxes in pixels of the scene as it was given.
    """
    at_scale = [rescaled(scene, recipe.nm_per_pixel) for scene in scenes]
    small = [n for n, scene in enumerate(at_scale) if max(scene.image.shape) <= LARGEST]
    padded = _padded(detect_batch, [at_scale[n] for n in small], recipe.batch_size)
    detected = dict(zip(small, padded, strict=True))
    for n, scene in enumerate(at_scale):
        if n not in detected:
            detected[n] = detect_in_tiles(
                scene.image, detect_batch, LARGEST, largest, MIN_CONFIDENCE, classes
            )
    return [_in_given(scene, at_scale[n], detected[n]) for n, scene in enumerate(scenes)]


def joined(table: BoxTruth, detected: Sequence[DetectedBoxes]) -> Detections:
    """Join the detections of the scenes of a ground-truth table, in its order."""
    return detections.joined(
        table.ids.tolist(),
        [boxes.boxes for boxes in detected],
        [boxes.labels for boxes in detected],
        [boxes.confidence for boxes in detected],
    )


def best_f1(table: BoxTruth, detected: Sequence[DetectedBoxes]) -> float:
    """Return F1 at the confidence threshold that gives the best."""
    of_table = joined(table, detected)
    best = scoring.best_confidence(table, of_table)
    return scoring.score(table, of_table, best, with_ap=False).scores.f1


def _padded(
    detect_batch: DetectBatch, scenes: Sequence[Scene], batch_size: int
) -> list[DetectedBoxes]:
    """Detect particles in images padded to one size, several at once."""
    if not scenes:
        return []
    height, width = (
        -(-max(scene.image.shape[axis] for scene in scenes) // STEP) * STEP for axis in (0, 1)
    )
    batch_size = max(1, min(batch_size, PIXELS_AT_ONCE // (height * width)))
    detected: list[DetectedBoxes] = []
    for first in range(0, len(scenes), batch_size):
        images = [_pad(scene, height, width) for scene in scenes[first : first + batch_size]]
        detected += detect_batch(np.stack(images)[..., None])
    return detected


def _pad(scene: Scene, height: int, width: int) -> np.ndarray:
    image = scene.standardized()
    rows, columns = height - image.shape[0], width - image.shape[1]
    return np.pad(image, ((0, rows), (0, columns)))  # with the mean


def _in_given(given: Scene, at_scale: Scene, detected: DetectedBoxes) -> DetectedBoxes:
    """Drop detections in the padding; convert boxes to the pixels of the given scene."""
    sides, before = (np.array(scene.image.shape[::-1]) for scene in (at_scale, given))
    kept = (detected.boxes[:, :2] < sides).all(axis=1)
    ratio = np.tile(before / sides, 2).astype(np.float32)
    return DetectedBoxes(
        detected.boxes[kept] * ratio, detected.labels[kept], detected.confidence[kept]
    )
