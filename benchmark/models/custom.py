"""The paper's own network (Matuszewski & Sintorn 2021, section 2.4), to the parameter.

14,649,867 trainable of 14,651,401 parameters at 14 classes and 256x256 pixels.
"""

import keras
from keras import layers

from benchmark.models.registry import Options, register

DECAY = 0.1  # L2 on the kernels


@register("custom")
def custom(shape: tuple[int, int, int], classes: int, options: Options) -> keras.Model:
    """Four blocks whose input is concatenated to their output, then three dense layers."""
    inputs = x = keras.Input(shape)
    for first, second, dropout in (
        (64, 63, 0.2),
        (64, 64, 0.25),
        (128, 128, 0.3),
        (128, 128, 0.35),
    ):
        block = _convolution(_convolution(x, first), second)
        x = layers.MaxPooling2D()(layers.Concatenate()([block, x]))
        x = layers.Dropout(dropout)(x)
    x = layers.Conv2D(256, 3, activation="relu", kernel_regularizer=_decay())(x)
    x = layers.Flatten()(x)
    x = layers.Dense(256, activation="relu", kernel_regularizer=_decay())(x)
    x = layers.Dropout(0.35)(x)
    x = layers.Dense(256, activation="relu", kernel_regularizer=_decay())(x)
    top = layers.Dense(classes, activation="softmax", kernel_regularizer=_decay(), dtype="float32")
    return keras.Model(inputs, top(x), name="custom")


def _convolution(x: keras.KerasTensor, filters: int) -> keras.KerasTensor:
    """Return 3x3 convolution, ReLU, and batch normalization after it."""
    x = layers.Conv2D(filters, 3, padding="same", activation="relu", kernel_regularizer=_decay())(x)
    return layers.BatchNormalization()(x)


def _decay() -> keras.regularizers.Regularizer:
    return keras.regularizers.L2(DECAY)
