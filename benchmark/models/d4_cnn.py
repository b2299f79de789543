"""A small network that is invariant to the D4 transforms: rotations by 90 degrees and flips."""

import keras
from keras import layers

from benchmark.models.layers.d4 import D4BatchNormalization, D4Conv2D, D4MaxPooling
from benchmark.models.registry import Options, register

# Features of a stage, each with eight maps, and its convolutions; between stages sides are halved.
STAGES = ((6, 1), (12, 2), (24, 2), (32, 1))


@register("d4_cnn")
def d4_cnn(shape: tuple[int, int, int], classes: int, options: Options) -> keras.Model:
    """Equivariant convolutions, maximum over the transforms, average pooling, softmax."""
    inputs = keras.Input(shape)
    x = _convolution(inputs, 3, side=6, strides=2)
    for features, depth in STAGES:
        x = layers.MaxPooling2D()(x)
        for _ in range(depth):
            x = _convolution(x, features)
    x = layers.GlobalAveragePooling2D()(D4MaxPooling()(x))
    x = layers.Dropout(0.2)(x)
    outputs = layers.Dense(classes, activation="softmax", dtype="float32")(x)
    return keras.Model(inputs, outputs, name="d4_cnn")


def _convolution(
    x: keras.KerasTensor, features: int, side: int = 3, strides: int = 1
) -> keras.KerasTensor:
    x = D4Conv2D(features, side, strides)(x)
    return layers.ReLU()(D4BatchNormalization(momentum=0.9)(x))
