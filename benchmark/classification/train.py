"""Train a classifier on the patches of a config."""

import contextlib
import dataclasses
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np

from benchmark.classification import tone
from benchmark.classification.data import Data, Patches
from benchmark.classification.evaluate import Predict, predictor, validation_scores
from benchmark.classification.resident_feed import Feed, fed
from benchmark.classification.step_inputs import Training
from benchmark.machine import devices
from benchmark.training import loop, sampling
from benchmark.training.averaging import WeightAverage
from benchmark.training.compiling import compute_in_float32
from benchmark.training.optimizers import compile_for_training
from benchmark.training.recipe import Recipe, distinctive

STATISTICS = 2048  # patches for the statistics of batch normalization


@dataclasses.dataclass(frozen=True)
class Trained:
    """A finished training.

    Attributes:
      network: with the weights that are kept, from standardized patches to probabilities.
      history: one dict an epoch, as `loop.train` returns it: losses, scores, and what it cost.
      predict: the patches of validation with this network, as `evaluate.predictor` describes it.
    """

    network: keras.Model
    history: loop.History
    predict: Predict

    def predict_in_float32(self, data: Data, recipe: Recipe) -> Predict:
        """Let the network compute in float32; return `predict`, compiled anew if it did not."""
        if devices.precision(recipe.precision) == "float32":
            return self.predict
        compute_in_float32(self.network)
        return predictor(self.network, data.splits["validation"], recipe)


def train(
    network: keras.Model,
    data: Data,
    recipe: Recipe,
    seed: int,
    folder: Path,
    origin: object = None,
) -> Trained:
    """Train until the epochs are done or patience is at its end; continue where `folder` stops.

    Args:
      network: (batch, side, side, 1) float32 to probabilities (batch, classes).
      data: its train and validation splits are used, the test split is not read.
      folder: of the checkpoints.
      origin: what else the training depends on, as JSON has it (the model's code, its first
        weights); a training of another origin is not continued.

    Raises:
      BenchmarkError: the loss is no longer a number, or `folder` holds another training.
    """
    train_split, classes = data.splits["train"], len(data.classes)
    mixed = 2 if recipe.mixup else 1
    model = fed(network, train_split, recipe.image_size, mixed, tone.is_changed(recipe))
    steps = math.ceil(
        recipe.samples_per_class * len(np.unique(train_split.labels)) / recipe.batch_size
    )
    compile_for_training(model, recipe, steps)
    model.optimizer.build(model.trainable_variables)
    predict = predictor(network, data.splits["validation"], recipe)

    def batches(number: int) -> tuple[Training, int]:
        epoch = sampling.epoch(train_split.labels, seed, number, recipe.samples_per_class)
        dataset = Training(epoch, train_split.labels, classes, recipe, (seed, number))
        return dataset, len(dataset.index)

    def validate() -> dict[str, float]:
        return validation_scores(predict(1), data.splits["validation"].labels, classes)

    made_with = {
        "data": data.content_hash,
        "seed": seed,
        "recipe": distinctive(recipe),
        "precision": devices.precision(recipe.precision),
        "origin": origin,
    }
    training = loop.Training(
        model, network.variables, steps, batches, validate, made_with,
        _average(network, model, train_split, recipe, seed),
    )  # fmt: skip
    return Trained(network, loop.train(training, recipe, folder), predict)


def _average(
    network: keras.Model, model: keras.Model, patches: Patches, recipe: Recipe, seed: int
) -> Callable[[], contextlib.AbstractContextManager[None]]:
    """Return the context in which a network has its averaged weights.

    Their statistics are those of a class-balanced sample of training patches, neither mixed nor
    changed in tone.
    """
    if not recipe.ema:
        return contextlib.nullcontext
    classes = len(np.unique(patches.labels))
    drawn = sampling.epoch(patches.labels, seed, 0, -(-STATISTICS // classes))
    index, transform = drawn.index[:, None], drawn.transform[:, None]
    feed = Feed(patches.images, recipe.image_size)

    def batches() -> Iterator[Any]:
        for first in range(0, len(index), recipe.batch_size):
            part = slice(first, first + recipe.batch_size)
            share = np.ones(index[part].shape, np.float32)
            yield feed({"index": index[part], "transform": transform[part], "share": share})

    return WeightAverage(network, model.optimizer, batches).applied
