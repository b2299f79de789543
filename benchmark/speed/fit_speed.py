"""Timing of `model.fit`: the training steps, without what an epoch does only once."""

import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from benchmark.classification import tone
from benchmark.classification.data import Data
from benchmark.classification.step_inputs import Training
from benchmark.classification.train import fed
from benchmark.speed.interleaved_timing import Variant
from benchmark.training import sampling
from benchmark.training.optimizers import compile_for_training
from benchmark.training.recipe import Recipe

STEPS = 2, 300  # of one measurement, at least and at most


def steps_within(seconds: float, rate: Callable[[int], float], recipe: Recipe) -> int:
    """Return how many steps take about so long, from the time of three."""
    rate(2)
    return int(np.clip(seconds * rate(3) / recipe.batch_size, *STEPS))


def variant(name: str, rate: Callable[[int], float], steps: int) -> Variant:
    """Return the variant that does so many steps."""
    return Variant(name, lambda: rate(steps))


def with_feed(network: keras.Model, data: Data, recipe: Recipe) -> Callable[[int], float]:
    """Return a function of a number of steps that trains as `classification.train` does.

    It returns images a second.
    """
    train, classes = data.splits["train"], len(data.classes)
    mixed = 2 if recipe.mixup else 1
    model = fed(network, train, recipe.image_size, mixed, tone.is_changed(recipe))
    compile_for_training(model, recipe, steps=100)

    def rate(steps: int) -> float:
        count = recipe.batch_size * (steps + 1)
        per_class = -(-count // len(np.unique(train.labels)))
        drawn = sampling.epoch(train.labels, 0, steps, per_class)
        epoch = sampling.Epoch(drawn.index[:count], drawn.transform[:count])
        return timed(
            model, recipe.batch_size, Training(epoch, train.labels, classes, recipe, (0, 0))
        )

    return rate


def timed(model: keras.Model, images_per_step: int, *data: Any, **options: Any) -> float:
    """Fit once and return images a second, from the end of the first step to the end."""
    clock = _Clock()
    model.fit(*data, epochs=1, verbose=0, callbacks=[clock], shuffle=False, **options)
    return (clock.steps - 1) * images_per_step / (time.perf_counter() - clock.started)


class _Clock(keras.callbacks.Callback):
    def __init__(self) -> None:
        super().__init__()
        self.steps, self.started = 0, 0.0

    def on_train_batch_end(self, batch: int, logs: dict | None = None) -> None:
        self.started = self.started or time.perf_counter()
        self.steps += 1
