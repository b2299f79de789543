"""A training step with our feed: against one on a constant batch, and against Keras's defaults."""

import dataclasses
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
from keras import layers

from benchmark.classification.data import Data
from benchmark.classification.resident_feed import statistics
from benchmark.models import registry
from benchmark.speed import fit_speed, interleaved_timing
from benchmark.training.compiling import computing_in
from benchmark.training.optimizers import compile_for_training
from benchmark.training.recipe import Recipe

OURS = "ours"
MIXED = "ours, with mixup"
CONSTANT = "one constant resident batch"
DEFAULTS = "Keras's defaults, float images from NumPy"
COMPILED = "the same, jit_compile=True"
MOST_IMAGES = 2048  # as float32 in memory, for Keras's defaults


def against_constant(
    data: Data, model: registry.Model, recipe: Recipe, seconds: float, repeats: int
) -> str:
    """Return what feeding costs: the same step of `model.fit` on a constant batch."""
    network = _network(data, model, recipe)
    mixed = dataclasses.replace(recipe, mixup=recipe.mixup or 0.2)
    plain = dataclasses.replace(recipe, mixup=0.0)
    rates = {
        OURS: fit_speed.with_feed(network, data, plain),
        CONSTANT: _constant(network, data, plain),
        MIXED: fit_speed.with_feed(network, data, mixed),
    }
    steps = fit_speed.steps_within(seconds, rates[CONSTANT], recipe)
    variants = [fit_speed.variant(name, rate, steps) for name, rate in rates.items()]
    measured = interleaved_timing.measure(variants, repeats, "step")
    ratio = {
        name: interleaved_timing.ratios(measured[CONSTANT], measured[name])[0]
        for name in (OURS, MIXED)
    }
    slower = [f"{name}: {100 * (value - 1):.1f} %" for name, value in ratio.items()]
    return (
        f"{_headline(data, model, recipe, steps)}\n"
        f"{interleaved_timing.compared(measured, OURS, digits=3)}\n"
        f"Longer than on the constant batch: {'; '.join(slower)}."
    )


def against_defaults(
    data: Data, model: registry.Model, recipe: Recipe, seconds: float, repeats: int
) -> str:
    """Return how a step of ours compares with `compile(optimizer, loss)` and `fit(x, y)`."""
    float32 = dataclasses.replace(recipe, precision="float32")
    rates = {
        OURS: fit_speed.with_feed(_network(data, model, recipe), data, recipe),
        DEFAULTS: _defaults(data, model, float32, "auto"),
    }
    if keras.backend.backend() == "tensorflow":  # "auto" means True elsewhere
        rates[COMPILED] = _defaults(data, model, float32, True)
    steps = fit_speed.steps_within(seconds, rates[OURS], recipe)
    steps = max(1, min(steps, MOST_IMAGES // recipe.batch_size - 1))
    variants = [fit_speed.variant(name, rate, steps) for name, rate in rates.items()]
    measured = interleaved_timing.measure(variants, repeats, "defaults")
    return f"{_headline(data, model, recipe, steps)}\n{interleaved_timing.compared(measured, OURS)}"


class _Resident(layers.Layer):
    """Returns the same batch whatever its input is."""

    def __init__(self, batch: Any) -> None:
        super().__init__(trainable=False)
        self.batch = self.add_weight(shape=batch.shape, initializer="zeros", trainable=False)
        self.batch.assign(batch)

    def call(self, inputs: Any) -> Any:
        return keras.ops.convert_to_tensor(self.batch)


def _constant(network: keras.Model, data: Data, recipe: Recipe) -> Callable[[int], float]:
    inputs = keras.Input((1,))
    batch = _Resident(_standardized(data, recipe, recipe.batch_size))(inputs)
    model = keras.Model(inputs, network(batch))
    compile_for_training(model, recipe, steps=100)

    def rate(steps: int) -> float:
        labels = _labels(data, recipe.batch_size * (steps + 1))
        ignored = np.zeros((len(labels), 1), np.float32)
        return fit_speed.timed(
            model, recipe.batch_size, ignored, labels, batch_size=recipe.batch_size
        )

    return rate


def _defaults(
    data: Data, model: registry.Model, recipe: Recipe, jit: bool | str
) -> Callable[[int], float]:
    network = _network(data, model, recipe)
    network.compile(optimizer="adam", loss="categorical_crossentropy", jit_compile=jit)

    def rate(steps: int) -> float:
        count = recipe.batch_size * (steps + 1)
        images = _standardized(data, recipe, count)
        labels = _labels(data, count)
        return fit_speed.timed(
            network, recipe.batch_size, images, labels, batch_size=recipe.batch_size
        )

    return rate


def _network(data: Data, model: registry.Model, recipe: Recipe) -> keras.Model:
    shape = (recipe.image_size, recipe.image_size, 1)
    with computing_in(recipe.precision):
        return model.build(shape, len(data.classes), registry.Options())


def _standardized(data: Data, recipe: Recipe, count: int) -> np.ndarray:
    """Return so many standardized training patches, in order, repeated where there are fewer."""
    images = data.splits["train"].images
    mean, inverse = (values[:, None, None, None] for values in statistics(images[:count]))
    standardized = (images[:count] - mean) * inverse
    pool = images.shape[1] // recipe.image_size
    blocks = standardized.reshape(
        len(standardized), recipe.image_size, pool, recipe.image_size, pool, 1
    )
    return np.resize(blocks.mean(axis=(2, 4)), (count, recipe.image_size, recipe.image_size, 1))


def _labels(data: Data, count: int) -> np.ndarray:
    labels = np.resize(data.splits["train"].labels, count)
    return np.eye(len(data.classes), dtype=np.float32)[labels]


def _headline(data: Data, model: registry.Model, recipe: Recipe, steps: int) -> str:
    pixels = f"{recipe.image_size}x{recipe.image_size} pixels"
    size = f"{pixels}, batches of {recipe.batch_size}, {recipe.precision}"
    return f"Training steps of {model.name}, {size}, {data.config}, {steps} steps a measurement:"
