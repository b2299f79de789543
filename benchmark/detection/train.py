"""Train a detector on the scenes of a config."""

import contextlib
import dataclasses
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np

from benchmark.detection import evaluate, first_statistics, mosaics
from benchmark.detection.coverage import class_weights, coverage
from benchmark.detection.data import Scene, Scenes
from benchmark.detection.recipes import DetectionRecipe
from benchmark.detection.yolo import targets
from benchmark.detection.yolo.loss import DetectionLoss
from benchmark.machine import devices
from benchmark.models.layers.yolov5_network import anchors_of
from benchmark.training import loop, sampling
from benchmark.training.averaging import WeightAverage
from benchmark.training.compiling import jit
from benchmark.training.optimizers import optimizer
from benchmark.training.recipe import distinctive
from tem_virus_dataset.networks import grid
from tem_virus_dataset.networks.nms import DetectedBoxes

STATISTICS = 64  # images for the statistics of batch normalization


@dataclasses.dataclass(frozen=True)
class Trained:
    """A finished training.

    Attributes:
      network: with the weights and anchors that are kept; history: one dict an epoch.
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
      network: of `yolov5_network.network`, for images of any size; with the weights and anchors of
        a detector where the recipe says `fine_tune`.
      data: its train and validation splits are used, the test split is not read.
      folder: of the checkpoints.
      validation_f1: F1 at the best confidence of the detections in the scenes of validation.
      origin: what else the training depends on, as JSON has it; a training of another origin is
        not continued.

    Raises:
      BenchmarkError: see `loop.train`.
    """
    scenes = [evaluate.rescaled(scene, recipe.nm_per_pixel) for scene in data.splits["train"]]
    known = anchors_of(network).numpy() if recipe.fine_tune else None
    covered = coverage(scenes, recipe, known)
    print(covered, file=sys.stderr, flush=True)
    anchors_of(network).assign(covered.anchors)
    positions = grid.grid(recipe.image_size, recipe.image_size, covered.anchors)
    if recipe.fine_tune:
        first_statistics.adapt(network, _unmixed(scenes, covered.classes, recipe, seed))
    network.compile(
        optimizer=optimizer(recipe, covered.steps),
        loss=DetectionLoss(
            positions,
            len(data.classes),
            recipe.image_size,
            recipe.class_gain,
            recipe.loss_times_batch,
            recipe.ignore_confidence,
        ),
        jit_compile=jit(),
    )
    weights = class_weights(scenes, len(data.classes), recipe.class_balance)
    network.optimizer.build(network.trainable_variables)

    def batches(number: int) -> tuple[keras.utils.PyDataset, int]:
        index = sampling.epoch(covered.classes, seed, number, covered.samples_per_class).index
        is_closed = number >= (1 - recipe.close_mosaic) * recipe.epochs
        of_epoch = dataclasses.replace(recipe, mosaic=0.0) if is_closed else recipe
        with_far = bool(recipe.ignore_confidence) and number >= recipe.ignore_from * recipe.epochs
        return Mosaics(scenes, index, of_epoch, positions, (seed, number), weights, with_far), len(
            index
        )

    in_one_view = dataclasses.replace(recipe, tta=1)  # after an epoch, as for classifiers

    def validate() -> dict[str, float]:
        detected = evaluate.predict(network, data.splits["validation"], in_one_view)
        return {"validation_f1": validation_f1(detected)}

    made_with = {
        "data": data.content_hash,
        "seed": seed,
        "recipe": distinctive(recipe),
        "precision": devices.precision(recipe.precision),
        "origin": origin,
    }
    training = loop.Training(
        network, network.variables, covered.steps, batches, validate, made_with,
        _average(network, scenes, covered.classes, recipe, seed),
    )  # fmt: skip
    return Trained(network, loop.train(training, recipe, folder))


def _average(
    network: keras.Model,
    scenes: list[Scene],
    classes: np.ndarray,
    recipe: DetectionRecipe,
    seed: int,
) -> Callable[[], contextlib.AbstractContextManager[None]]:
    """Return the context in which a network has its averaged weights.

    Their statistics are those of training images that show no mosaic, equally many of each class.
    """
    if not recipe.ema:
        return contextlib.nullcontext

    def batches() -> Iterator[np.ndarray]:
        return _unmixed(scenes, classes, recipe, seed)

    return WeightAverage(network, network.optimizer, batches).applied


def _unmixed(
    scenes: list[Scene], classes: np.ndarray, recipe: DetectionRecipe, seed: int
) -> Iterator[np.ndarray]:
    """Yield batches of training images without mosaics, equally many of each class."""
    samples = math.ceil(STATISTICS / len(np.unique(classes)))
    index = sampling.epoch(classes, seed, 0, samples).index
    unmixed = dataclasses.replace(recipe, mosaic=0.0)
    parts = [
        index[first : first + recipe.batch_size]
        for first in range(0, len(index), recipe.batch_size)
    ]
    for number, part in enumerate(parts):
        yield np.stack(
            [
                mosaics.training_image(scenes, int(scene), unmixed, [seed, number, place])[0]
                for place, scene in enumerate(part)
            ]
        )[..., None]


class Mosaics(keras.utils.PyDataset):
    """Batches of one epoch: images (batch, side, side, 1) and targets (batch, positions, 8).

    Args:
      scenes: at the recipe's scale; index: (n,) those of the epoch, in order.
      positions: of the training images; seed: of the run, and number of the epoch.
      weights: (classes,) of the boxes of each class.
      with_far: the targets mark positions that are far from every box.
    """

    def __init__(
        self,
        scenes: list[Scene],
        index: np.ndarray,
        recipe: DetectionRecipe,
        positions: grid.Grid,
        seed: tuple[int, int],
        weights: np.ndarray | None = None,
        with_far: bool = False,
    ) -> None:
        super().__init__(workers=2, max_queue_size=4)
        self.scenes, self.index, self.recipe = scenes, index, recipe
        self.positions, self.seed = positions, seed
        self.weights, self.with_far = weights, with_far
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
            batch_targets.append(
                targets.targets(boxes, labels, self.positions, self.weights, self.with_far)
            )
        return np.stack(batch_images), np.stack(batch_targets)
