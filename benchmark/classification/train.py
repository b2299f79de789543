"""Train one model on one config of patches."""

import dataclasses
import math
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tqdm

from benchmark.classification.data import Data, Patches
from benchmark.classification.resident_feed import Feed
from benchmark.classification.step_inputs import Evaluation, Training
from benchmark.training import loop, sampling
from benchmark.training.compiling import compile_for_training, jit
from benchmark.training.recipe import Recipe
from leaderboard.metrics import classification as metrics


@dataclasses.dataclass(frozen=True)
class Trained:
    """A finished training.

    Attributes:
      network: with the weights of its best epoch, from standardized patches to probabilities.
      history: one dict an epoch: loss, validation_f1, validation_loss, seconds, images.
    """

    network: keras.Model
    history: list[dict[str, float]]


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
      data: its train and validation splits are used, test is not looked at.
      folder: keeps the checkpoints.
      origin: what else the training depends on, as JSON has it (the model's code, its first
        weights); what was begun with another is not continued.

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
    made_with = {"data": data.content_hash, "seed": seed, "recipe": dataclasses.asdict(recipe)}
    validation = predictor(network, data.splits["validation"], recipe, tta=1)

    def batches(number: int) -> tuple[Training, int]:
        shown = sampling.epoch(train_split.labels, seed, number, recipe.samples_per_class)
        made = Training(shown, train_split.labels, classes, recipe, (seed, number))
        return made, len(made.index)

    def validate() -> dict[str, float]:
        return _score(validation(), data.splits["validation"].labels, classes)

    about = {**made_with, "origin": origin}
    what = loop.Training(model, network.variables, steps, batches, validate, about)
    return Trained(network, loop.train(what, recipe, folder))


def predictor(network: keras.Model, patches: Patches, recipe: Recipe, tta: int) -> Any:
    """Return a function without arguments that gives (n, classes) float64 probabilities.

    Args:
      tta: the mean of this many of the eight D4 transforms of each patch.
    """
    model = fed(network, patches, recipe.image_size, 1)
    model.compile(jit_compile=jit())

    def predict() -> np.ndarray:
        total = np.zeros((len(patches), network.output_shape[-1]))
        for transform in tqdm.tqdm(range(tta), "TTA", unit="pass", disable=tta == 1 or None):
            batches = Evaluation(len(patches), transform, recipe.batch_size)
            total += model.predict(batches, verbose=0)[: len(patches)]
        return total / tta

    return predict


def fed(network: keras.Model, patches: Patches, side: int, mixed: int) -> keras.Model:
    """Put the resident patches, `mixed` of them for each input, before the network."""
    inputs = {
        "index": keras.Input((mixed,), dtype="int32", name="index"),
        "transform": keras.Input((mixed,), dtype="int32", name="transform"),
        "share": keras.Input((mixed,), dtype="float32", name="share"),
    }
    return keras.Model(inputs, network(Feed(patches.images, side)(inputs)))


def _score(probabilities: np.ndarray, labels: np.ndarray, classes: int) -> dict[str, float]:
    likely = np.clip(probabilities[np.arange(len(labels)), labels], 1e-7, 1)
    found = metrics.scores(labels, probabilities.argmax(axis=1), classes)
    return {"validation_f1": found.f1, "validation_loss": float(-np.log(likely).mean())}
