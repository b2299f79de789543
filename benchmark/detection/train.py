"""Train a detector on the scenes of a config; the best epoch on validation is kept."""

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from benchmark.detection import evaluate, mosaics
from benchmark.detection.data import Scene, Scenes
from benchmark.detection.recipes import DetectionRecipe
from benchmark.detection.yolo import anchors, grid, targets
from benchmark.detection.yolo.loss import DetectionLoss
from benchmark.detection.yolo.nms import DetectedBoxes
from benchmark.models.layers.yolov5_network import anchors_of
from benchmark.training import loop, sampling
from benchmark.training.compiling import jit
from benchmark.training.optimizers import optimizer


@dataclasses.dataclass(frozen=True)
class Trained:
    """A finished training.

    Attributes:
      network: with the weights and anchors of its best epoch; history: one dict an epoch.
    """

    network: keras.Model
    history: loop.History


def train(
    network: keras.Model,
    data: Scenes,
    recipe: DetectionRecipe,
    seed: int,
    folder: Path,
    validation_f1: Callable[[list[DetectedBoxes]], float],
    origin: object = None,
) -> Trained:
    """Train until the epochs are done or patience is at its end; continue where `folder` stops.

    An epoch draws as many images around micrographs of each class, by a micrograph's most frequent
    class, so that rare classes are seen as often as common ones.

    Args:
      network: of `yolov5_network.network`, for images of any size.
      data: its train and validation splits are used, the test split is not read.
      folder: of the checkpoints.
      validation_f1: F1 at the best confidence of the detections in the scenes of validation.
      origin: what else the training depends on, as JSON has it; a training of another origin is
        not continued.

    Raises:
      BenchmarkError: see `loop.train`.
    """
    scenes = [evaluate.rescaled(scene, recipe.nm_per_pixel) for scene in data.splits["train"]]
    of_boxes = anchors.fitted(np.concatenate([scene.boxes[:, 2:] for scene in scenes]))
    anchors_of(network).assign(of_boxes)
    positions = grid.grid(recipe.image_size, recipe.image_size, of_boxes)
    classes = np.array([_most_frequent_class(scene) for scene in scenes])
    steps = math.ceil(recipe.samples_per_class * len(np.unique(classes)) / recipe.batch_size)
    network.compile(
        optimizer=optimizer(recipe, steps),
        loss=DetectionLoss(positions, len(data.classes), recipe.image_size),
        jit_compile=jit(),
    )
    network.optimizer.build(network.trainable_variables)

    def batches(number: int) -> tuple[keras.utils.PyDataset, int]:
        index = sampling.epoch(classes, seed, number, recipe.samples_per_class).index
        return Mosaics(scenes, index, recipe, positions, (seed, number)), len(index)

    def validate() -> dict[str, float]:
        detected = evaluate.predict(network, data.splits["validation"], recipe)
        return {"validation_f1": validation_f1(detected)}

    made_with = {
        "data": data.content_hash,
        "seed": seed,
        "recipe": dataclasses.asdict(recipe),
        "origin": origin,
    }
    training = loop.Training(network, network.variables, steps, batches, validate, made_with)
    return Trained(network, loop.train(training, recipe, folder))


class Mosaics(keras.utils.PyDataset):
    """Batches of one epoch: images (batch, side, side, 1) and targets (batch, positions, 6)."""

    def __init__(
        self,
        scenes: list[Scene],
        index: np.ndarray,
        recipe: DetectionRecipe,
        positions: grid.Grid,
        seed: tuple[int, int],
    ) -> None:
        super().__init__(workers=2, max_queue_size=4)
        self.scenes, self.index, self.recipe = scenes, index, recipe
        self.positions, self.seed = positions, seed
        self.small = mosaics.fitting(scenes, recipe.image_size)

    def __len__(self) -> int:
        return -(-len(self.index) // self.recipe.batch_size)

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        part = slice(number * self.recipe.batch_size, (number + 1) * self.recipe.batch_size)
        batch_images, batch_targets = [], []
        for place, scene in enumerate(self.index[part]):
            seed = [*self.seed, number, place]
            image, boxes, labels = mosaics.training_image(
                self.scenes, int(scene), self.recipe, seed, self.small
            )
            batch_images.append(image[..., None])
            batch_targets.append(targets.targets(boxes, labels, self.positions))
        return np.stack(batch_images), np.stack(batch_targets)


def _most_frequent_class(scene: Scene) -> int:
    """Return the most frequent class of a scene, -1 for an empty one."""
    return int(np.bincount(scene.labels).argmax()) if len(scene.labels) else -1
