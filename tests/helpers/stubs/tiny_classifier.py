"""A classifier of few layers, which is traced in a moment."""

from typing import Any

from benchmark.models.registry import SCRATCH, Model, Options


def tiny_classifier(shape: tuple[int, int, int], classes: int, options: Options) -> Any:
    """One convolution with batch normalization, whose statistics are of the whole batch."""
    import keras  # here: a command chooses its backend first

    return keras.Sequential(
        [
            keras.Input(shape),
            keras.layers.Conv2D(8, 5, strides=4, activation="relu"),
            keras.layers.BatchNormalization(momentum=0.5),
            keras.layers.Flatten(),
            keras.layers.Dense(classes, "softmax"),
        ]
    )


MODEL = Model("tiny_classifier", (SCRATCH,), tiny_classifier)
