"""Train a classifier on the patches of a config; the best epoch on validation is kept."""

import dataclasses
import math
from pathlib import Path

import keras
import numpy as np

from benchmark.classification.data import Data
from benchmark.classification.evaluate import predictor, validation_scores
from benchmark.classification.resident_feed import fed
from benchmark.classification.step_inputs import Training
from benchmark.training import loop, sampling
from benchmark.training.compiling import compile_for_training
from benchmark.training.recipe import Recipe


@dataclasses.dataclass(frozen=True)
class Trained:
    """A finished training.

    Attributes:
      network: with the weights of its best epoch, from standardized patches to probabilities.
      history: one dict an epoch: loss, validation_f1, validation_loss, seconds, images.
    """

    network: keras.Model
    history: loop.History


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
    model = fed(network, train_split, recipe.image_size, 2 if recipe.mixup else 1)
    steps = math.ceil(
        recipe.samples_per_class * len(np.unique(train_split.labels)) / recipe.batch_size
    )
    compile_for_training(model, recipe, steps)
    model.optimizer.build(model.trainable_variables)
    predict = predictor(network, data.splits["validation"], recipe, tta=1)

    def batches(number: int) -> tuple[Training, int]:
        epoch = sampling.epoch(train_split.labels, seed, number, recipe.samples_per_class)
        dataset = Training(epoch, train_split.labels, classes, recipe, (seed, number))
        return dataset, len(dataset.index)

    def validate() -> dict[str, float]:
        return validation_scores(predict(), data.splits["validation"].labels, classes)

    made_with = {
        "data": data.content_hash,
        "seed": seed,
        "recipe": dataclasses.asdict(recipe),
        "origin": origin,
    }
    training = loop.Training(model, network.variables, steps, batches, validate, made_with)
    return Trained(network, loop.train(training, recipe, folder))
