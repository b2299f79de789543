"""Detect particles in whole micrographs at the scale of a recipe, and score the detections."""

import dataclasses
from collections.abc import Callable, Sequence

import keras
import numpy as np
from numpy.typing import NDArray

from benchmark.detection.data import Scene
from benchmark.detection.recipes import LARGEST, DetectionRecipe
from benchmark.models.layers.yolov5_network import anchors_of
from leaderboard.ground_truth.detection import BoxTruth, max_detections
from leaderboard.predictions import detection as detections
from leaderboard.predictions.detection import Detections
from leaderboard.scoring import detection as scoring
from tem_virus_dataset.annotations.folders.faults import counted
from tem_virus_dataset.networks.detect import STEP, detect_in_tiles, resized, resized_shape
from tem_virus_dataset.networks.detector import DetectBatch
from tem_virus_dataset.networks.inference import of_network
from tem_virus_dataset.networks.nms import MIN_CONFIDENCE, DetectedBoxes

FEWEST_BOXES = 20  # of validation: fewer leave the threshold to chance
PIXELS_AT_ONCE = 16 * 640**2  # of a batch: the activations of more may not fit into memory


def rescaled(scene: Scene, nm_per_pixel: float) -> Scene:
    """Return a scene at another pixel size; unchanged where its own is not known."""
    image = resized(scene.image, _factor(scene, nm_per_pixel))
    if image is scene.image:
        return scene
    boxes = rescaled_boxes(scene, nm_per_pixel)
    return dataclasses.replace(scene, image=image, boxes=boxes, nm_per_pixel=nm_per_pixel)


def rescaled_boxes(scene: Scene, nm_per_pixel: float) -> NDArray[np.float32]:
    """Return the boxes of `rescaled`, (n, 4), without its image."""
    ratio = np.array(rescaled_shape(scene, nm_per_pixel)[::-1]) / scene.image.shape[::-1]
    boxes: NDArray[np.float32] = scene.boxes * np.tile(ratio, 2).astype(np.float32)
    return boxes


def rescaled_shape(scene: Scene, nm_per_pixel: float) -> tuple[int, ...]:
    """Return height and width of the image of `rescaled`."""
    return resized_shape(scene.image.shape, _factor(scene, nm_per_pixel))


def _factor(scene: Scene, nm_per_pixel: float) -> float:
    return (scene.nm_per_pixel or nm_per_pixel) / nm_per_pixel


def predict(
    network: keras.Model, scenes: Sequence[Scene], recipe: DetectionRecipe
) -> list[DetectedBoxes]:
    """Detect particles in whole scenes with a `keras.Model`; see `predict_with`."""
    anchors = anchors_of(network).numpy()
    classes = int(network.output_shape[-1]) - 5
    detect_batch = of_network(network, anchors, recipe.nms_iou, limit(scenes), recipe.tta)
    return predict_with(detect_batch, float(anchors.max()), classes, scenes, recipe)


def predict_with(
    detect_batch: DetectBatch,
    largest: float,
    classes: int,
    scenes: Sequence[Scene],
    recipe: DetectionRecipe,
    update: Callable[[int], object] = int,
) -> list[DetectedBoxes]:
    """Detect particles in whole scenes, at the recipe's scale.

    A network is compiled for one size at a time, so scenes of up to 1280 pixels a side are padded
    to the size of the largest one; larger ones are split into tiles, as in `benchmark.predict`.

    Args:
      detect_batch: the network, which keeps up to `limit(scenes)` detections of an image.
      largest: side in pixels of its largest anchor; classes: number.
      update: of a progress bar; is called with the number of scenes done since the last call.

    Returns:
      The detections of each scene, `limit(scenes)` at most, boxes in pixels of the scene as it was
      given.
    """
    most, nm_per_pixel = limit(scenes), recipe.nm_per_pixel
    shapes = [rescaled_shape(scene, nm_per_pixel) for scene in scenes]
    small = [n for n, shape in enumerate(shapes) if max(shape) <= LARGEST]
    padded = _padded(
        detect_batch,
        [scenes[n] for n in small],
        [shapes[n] for n in small],
        nm_per_pixel,
        recipe.batch_size,
        update,
    )
    detected = dict(zip(small, padded, strict=True))
    for n, scene in enumerate(scenes):
        if n not in detected:
            image = rescaled(scene, nm_per_pixel).image
            detected[n] = detect_in_tiles(
                image, detect_batch, LARGEST, largest, MIN_CONFIDENCE, classes, most
            )
            update(1)
    return [_in_given(scene, shapes[n], detected[n]) for n, scene in enumerate(scenes)]


def limit(scenes: Sequence[Scene]) -> int:
    """Return how many detections of a scene are scored: `BoxTruth.max_detections` of their table.

    >>> limit([])
    300
    """
    return max_detections(max((len(scene.boxes) for scene in scenes), default=0))


def left_out(table: BoxTruth, detected: Sequence[DetectedBoxes]) -> str:
    """Return one line on the detections that the limit of the table left out; "" for none."""
    cut = [boxes for boxes in detected if boxes.left_out]
    if not cut:
        return ""
    least = max(float(boxes.confidence.min()) for boxes in cut)
    return (
        f"{table.split}: {table.max_detections} detections are kept of a micrograph (300, or twice "
        f"the {table.fullest} boxes of the fullest one); {len(cut)} of {len(detected)} micrographs "
        f"have more, which are left out: {sum(boxes.left_out for boxes in cut)} of confidence "
        f"{least:.4f} or less"
    )


def few_boxes(table: BoxTruth, confidence: float) -> str:
    """Return one line on a threshold that few boxes of validation decided; "" for enough.

    Args:
      confidence: the threshold, which the trained network keeps.
    """
    number = len(table.boxes)
    if number >= FEWEST_BOXES:
        return ""
    return (
        f"warning: the threshold {confidence:.3f} was chosen on {counted(number, 'box')} of "
        f"{counted(len(table), 'micrograph')} in {table.split}, too few for a sure one. If "
        f"tem-virus predict then misses particles, try --confidence {confidence / 2:.2f}; or "
        f"correct more micrographs for {table.split}."
    )


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
    detect_batch: DetectBatch,
    scenes: Sequence[Scene],
    shapes: Sequence[tuple[int, ...]],
    nm_per_pixel: float,
    batch_size: int,
    update: Callable[[int], object],
) -> list[DetectedBoxes]:
    """Detect particles in images that are rescaled and padded to one size, several at once.

    Args:
      shapes: of the rescaled images; they are not all in memory.
    """
    if not scenes:
        return []
    height, width = (-(-max(shape[axis] for shape in shapes) // STEP) * STEP for axis in (0, 1))
    batch_size = max(1, min(batch_size, PIXELS_AT_ONCE // (height * width)))
    detected: list[DetectedBoxes] = []
    for first in range(0, len(scenes), batch_size):
        images = [
            _pad(rescaled(scene, nm_per_pixel), height, width)
            for scene in scenes[first : first + batch_size]
        ]
        detected += detect_batch(np.stack(images)[..., None])
        update(len(images))
    return detected


def _pad(scene: Scene, height: int, width: int) -> np.ndarray:
    image = scene.standardized()
    rows, columns = height - image.shape[0], width - image.shape[1]
    return np.pad(image, ((0, rows), (0, columns)))  # with the mean


def _in_given(given: Scene, shape: tuple[int, ...], detected: DetectedBoxes) -> DetectedBoxes:
    """Drop detections in the padding; convert boxes to the pixels of the given scene.

    Args:
      shape: height and width at the scale of the detections.
    """
    sides, before = np.array(shape[::-1]), np.array(given.image.shape[::-1])
    kept = (detected.boxes[:, :2] < sides).all(axis=1)
    ratio = np.tile(before / sides, 2).astype(np.float32)
    return DetectedBoxes(
        detected.boxes[kept] * ratio,
        detected.labels[kept],
        detected.confidence[kept],
        detected.left_out,
    )
