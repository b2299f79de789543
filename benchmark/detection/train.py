"""Train a detector on scenes: mosaics in, the best epoch on validation kept."""

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from benchmark.detection import evaluate as whole
from benchmark.detection import mosaics
from benchmark.detection.data import Scene, Scenes
from benchmark.detection.recipes import DetectionRecipe
from benchmark.detection.yolo import anchors, grid, targets
from benchmark.detection.yolo.loss import DetectionLoss
from benchmark.detection.yolo.nms import DetectedBoxes
from benchmark.models.layers.yolov5_network import anchors_of
from benchmark.training import loop, sampling
from benchmark.training.compiling import jit, optimizer


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
    score: Callable[[list[DetectedBoxes]], float],
    origin: object = None,
) -> Trained:
    """Train until the epochs are done or patience is at its end; continue where `folder` stops.

    Args:
      network: from `yolov5.network`, for pictures of any size.
      data: its train and validation splits are used, test is not looked at.
      score: F1 at the best confidence, of what was found in the scenes of validation.

    Raises:
      BenchmarkError: see `loop.train`.
    """
    shown = [whole.rescaled(one, recipe.nm_per_pixel) for one in data.splits["train"]]
    own = anchors.fitted(np.concatenate([one.boxes[:, 2:] for one in shown]))
    anchors_of(network).assign(own)
    where = grid.grid(recipe.image_size, recipe.image_size, own)
    kinds = np.array([_kind(one) for one in shown])
    steps = math.ceil(recipe.samples_per_class * len(np.unique(kinds)) / recipe.batch_size)
    network.compile(
        optimizer=optimizer(recipe, steps),
        loss=DetectionLoss(where, len(data.classes), recipe.image_size),
        jit_compile=jit(),
    )
    network.optimizer.build(network.trainable_variables)

    def batches(number: int) -> tuple[keras.utils.PyDataset, int]:
        index = sampling.epoch(kinds, seed, number, recipe.samples_per_class).index
        return Mosaics(shown, index, recipe, where, (seed, number)), len(index)

    def validate() -> dict[str, float]:
        found = whole.predict(network, data.splits["validation"], recipe)
        return {"validation_f1": score(found)}

    about = {"data": data.content_hash, "seed": seed, "recipe": dataclasses.asdict(recipe)}
    what = loop.Training(
        network, network.variables, steps, batches, validate, {**about, "origin": origin}
    )
    return Trained(network, loop.train(what, recipe, folder))


class Mosaics(keras.utils.PyDataset):
    """Batches of one epoch: pictures (batch, side, side, 1) and targets (batch, positions, 6)."""

    def __init__(
        self,
        scenes: list[Scene],
        shown: np.ndarray,
        recipe: DetectionRecipe,
        where: grid.Grid,
        seed: tuple[int, int],
    ) -> None:
        super().__init__(workers=2, max_queue_size=4)
        self.scenes, self.shown, self.recipe = scenes, shown, recipe
        self.where, self.seed = where, seed
        self.small = mosaics.fitting(scenes, recipe.image_size)

    def __len__(self) -> int:
        return -(-len(self.shown) // self.recipe.batch_size)

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        part = slice(number * self.recipe.batch_size, (number + 1) * self.recipe.batch_size)
        images, wanted = [], []
        for place, index in enumerate(self.shown[part]):
            seed = [*self.seed, number, place]
            image, boxes, labels = mosaics.training_image(
                self.scenes, int(index), self.recipe, seed
            )
            images.append(image[..., None])
            wanted.append(targets.targets(boxes, labels, self.where))
        return np.stack(images), np.stack(wanted)


def _kind(scene: Scene) -> int:
    """Return the commonest class of a scene, -1 of an empty one."""
    return int(np.bincount(scene.labels).argmax()) if len(scene.labels) else -1
