"""Train a detector on scenes: mosaics in, the best epoch on validation kept."""

import dataclasses
import math
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
from keras import ops

from benchmark import loop, sampling
from benchmark.compiling import jit, optimizer
from benchmark.detection import anchors, augment, decoding, grid, targets
from benchmark.detection.decoding import Found
from benchmark.detection.loss import DetectionLoss
from benchmark.detection.recipes import DetectionRecipe
from benchmark.detection.scaling import resized
from benchmark.detection.scenes import Scene, Scenes
from benchmark.detection.yolov5 import anchors_of

STEP = 32  # pixels: sides of a picture are multiples of it


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
    score: Callable[[list[Found]], float],
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
    shown = [rescaled(one, recipe.nm) for one in data.splits["train"]]
    own = anchors.fitted(np.concatenate([one.boxes[:, 2:] for one in shown]))
    anchors_of(network).assign(own)
    where = grid.grid(recipe.side, recipe.side, own)
    kinds = np.array([_kind(one) for one in shown])
    steps = math.ceil(recipe.level * len(np.unique(kinds)) / recipe.batch)
    network.compile(
        optimizer=optimizer(recipe, steps),
        loss=DetectionLoss(where, len(data.classes), recipe.side),
        jit_compile=jit(),
    )
    network.optimizer.build(network.trainable_variables)

    def batches(number: int) -> tuple[keras.utils.PyDataset, int]:
        index = sampling.epoch(kinds, seed, number, recipe.level).index
        return Mosaics(shown, index, recipe, where, (seed, number)), len(index)

    def validate() -> dict[str, float]:
        found = predict(network, data.splits["validation"], recipe)
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
        self.small = augment.fitting(scenes, recipe.side)

    def __len__(self) -> int:
        return -(-len(self.shown) // self.recipe.batch)

    def __getitem__(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        part = slice(number * self.recipe.batch, (number + 1) * self.recipe.batch)
        images, wanted = [], []
        for place, index in enumerate(self.shown[part]):
            seed = [*self.seed, number, place]
            image, boxes, labels = augment.picture(self.scenes, int(index), self.recipe, seed)
            images.append(image[..., None])
            wanted.append(targets.targets(boxes, labels, self.where))
        return np.stack(images), np.stack(wanted)


def rescaled(scene: Scene, nm: float) -> Scene:
    """Return the scene with so many nm to a pixel; as it is where its pixel size is not known."""
    image = resized(scene.image, (scene.nm_per_pixel or nm) / nm)
    if image is scene.image:
        return scene
    sides = np.array(image.shape[::-1]) / scene.image.shape[::-1]
    boxes = scene.boxes * np.tile(sides, 2).astype(np.float32)
    return dataclasses.replace(scene, image=image, boxes=boxes, nm_per_pixel=nm)


def predict(network: keras.Model, scenes: list[Scene], recipe: DetectionRecipe) -> list[Found]:
    """Find particles in whole scenes, at the recipe's scale, filled up to the largest one's size.

    Returns:
      For each scene what was found, boxes in pixels of the scene as it was given.
    """
    seen = [rescaled(one, recipe.nm) for one in scenes]
    height, width = (
        -(-max(one.image.shape[axis] for one in seen) // STEP) * STEP for axis in (0, 1)
    )
    where = grid.grid(height, width, anchors_of(network).numpy())
    found: list[Found] = []
    for first in range(0, len(seen), recipe.batch):
        part = slice(first, first + recipe.batch)
        pictures = [_padded(one.standardized(), height, width) for one in seen[part]]
        numbers = network.predict_on_batch(np.stack(pictures)[..., None])
        boxes = ops.convert_to_numpy(grid.boxes(numbers, where))
        chances = 1 / (1 + np.exp(-numbers[..., 4:]))
        for given, one, near, chance in zip(scenes[part], seen[part], boxes, chances, strict=True):
            kept = decoding.found(near, chance[:, 1:] * chance[:, :1])
            found.append(_in(given, one, kept))
    return found


def _padded(image: np.ndarray, height: int, width: int) -> np.ndarray:
    rows, columns = height - image.shape[0], width - image.shape[1]
    return np.pad(image, ((0, rows), (0, columns)))  # with the mean


def _in(given: Scene, seen: Scene, found: Found) -> Found:
    """Leave out what was found beyond the border; count in the pixels of the scene given."""
    sides, before = (np.array(one.image.shape[::-1]) for one in (seen, given))
    kept = (found.boxes[:, :2] < sides).all(axis=1)
    ratio = np.tile(before / sides, 2).astype(np.float32)
    return Found(found.boxes[kept] * ratio, found.labels[kept], found.confidence[kept])


def _kind(scene: Scene) -> int:
    """Return the commonest class of a scene, -1 of an empty one."""
    return int(np.bincount(scene.labels).argmax()) if len(scene.labels) else -1
