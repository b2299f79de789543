"""The optimizer of a recipe, with its learning-rate schedule and its average of weights."""

from typing import Any

import keras

from benchmark.training.averaging import averaging
from benchmark.training.compiling import jit
from benchmark.training.recipe import Recipe

CROSS_ENTROPY = "cross_entropy"  # metric of an epoch, for networks with regularized weights


def compile_for_training(model: keras.Model, recipe: Recipe, steps: int) -> None:
    """Compile a classifier as every training does; `steps` are of one epoch.

    The loss of a network with regularized weights also has their penalty. Cross-entropy alone is
    then a metric, since the penalty can be tens of times as large, and hides it.
    """
    entropy = {"label_smoothing": recipe.label_smoothing}
    model.compile(
        optimizer=optimizer(recipe, steps),
        loss=keras.losses.CategoricalCrossentropy(**entropy),
        metrics=[keras.metrics.CategoricalCrossentropy(CROSS_ENTROPY, **entropy)]
        if model.losses
        else None,
        jit_compile=jit(),
    )


def optimizer(recipe: Recipe, steps: int) -> keras.optimizers.Optimizer:
    """Return the recipe's optimizer with its learning-rate schedule; `steps` are of one epoch.

    Where the recipe has `ema`, it is of a class of `averaging`.
    """
    kind, settings = _kind(recipe)
    if recipe.ema:
        kind, settings = averaging(kind), {**settings, "decay": recipe.ema}
    return kind(_learning_rate(recipe, steps), **settings)


def _kind(recipe: Recipe) -> tuple[type[Any], dict[str, Any]]:
    """Return the class of the optimizer and its settings, without the learning rate."""
    if recipe.optimizer == "sgd":
        decay = recipe.weight_decay or None
        return keras.optimizers.SGD, {"momentum": 0.937, "nesterov": True, "weight_decay": decay}
    if recipe.optimizer == "adamw":
        return keras.optimizers.AdamW, {"weight_decay": recipe.weight_decay}
    return keras.optimizers.Adam, {}


def _learning_rate(recipe: Recipe, steps: int) -> Any:
    """Return the rate: constant, or a linear rise and a cosine decay."""
    if not recipe.cosine:
        return recipe.learning_rate
    warmup = recipe.warmup_epochs * steps
    return keras.optimizers.schedules.CosineDecay(
        recipe.learning_rate / max(warmup, 1) if warmup else recipe.learning_rate,
        max(recipe.epochs * steps - warmup, 1),
        recipe.final_share,
        warmup_target=recipe.learning_rate if warmup else None,
        warmup_steps=warmup,
    )
