"""How a model is compiled: the recipe's optimizer, and XLA where it pays."""

from typing import Any

import keras

from benchmark.recipes import Recipe


def optimizer(recipe: Recipe, steps: int) -> keras.optimizers.Optimizer:
    """Return the recipe's optimizer with its learning-rate schedule; `steps` are of one epoch."""
    rate: Any = recipe.rate
    if recipe.cosine:
        warmup = recipe.warmup * steps
        rate = keras.optimizers.schedules.CosineDecay(
            recipe.rate / max(warmup, 1) if warmup else recipe.rate,
            max(recipe.epochs * steps - warmup, 1),
            warmup_target=recipe.rate if warmup else None,
            warmup_steps=warmup,
        )
    if recipe.optimizer == "adamw":
        return keras.optimizers.AdamW(rate, weight_decay=recipe.decay)
    return keras.optimizers.Adam(rate)


def jit() -> bool | str:
    """XLA makes TensorFlow's CPU steps four times slower; elsewhere it pays."""
    if keras.backend.backend() != "tensorflow":
        return "auto"
    import tensorflow as tf

    return bool(tf.config.list_physical_devices("GPU"))
