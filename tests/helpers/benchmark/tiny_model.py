"""A registered model that is compiled in a moment."""

import keras

from benchmark.models.registry import Options, register


@register("tiny")
def tiny(shape: tuple[int, int, int], classes: int, options: Options) -> keras.Model:
    """One convolution with batch normalization, whose statistics are of the whole batch."""
    return keras.Sequential(
        [
            keras.Input(shape),
            keras.layers.Conv2D(8, 5, strides=4, activation="relu"),
            keras.layers.BatchNormalization(momentum=0.5),
            keras.layers.Flatten(),
            keras.layers.Dense(classes, "softmax"),
        ]
    )
