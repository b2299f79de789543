"""Small networks that are invariant to the D4 transforms: rotations by 90 degrees and flips."""

import keras
from keras import layers

from benchmark.models.layers.d4 import D4BatchNormalization, D4Conv2D, D4MaxPooling
from benchmark.models.registry import Options, register

# Features of the first convolution; then features of a stage and its convolutions. Each feature has
# eight maps. Between stages sides are halved.
STEM, STAGES = 3, ((6, 1), (12, 2), (24, 2), (32, 1))
WIDE_STEM, WIDE_STAGES = 4, ((9, 1), (18, 2), (36, 2), (48, 1))


@register("d4_cnn")
def d4_cnn(shape: tuple[int, int, int], classes: int, options: Options) -> keras.Model:
    """Equivariant convolutions, maximum over the transforms, average pooling, softmax."""
    return _network("d4_cnn", shape, classes, STEM, STAGES)


@register("d4_cnn_wide")
def d4_cnn_wide(shape: tuple[int, int, int], classes: int, options: Options) -> keras.Model:
    """`d4_cnn` with half as many features again, within 1.5 GFLOP at 256 pixels."""
    return _network("d4_cnn_wide", shape, classes, WIDE_STEM, WIDE_STAGES)


def _network(
    name: str,
    shape: tuple[int, int, int],
    classes: int,
    stem: int,
    stages: tuple[tuple[int, int], ...],
) -> keras.Model:
    inputs = keras.Input(shape)
    x = _convolution(inputs, stem, side=6, strides=2)
    for features, depth in stages:
        x = layers.MaxPooling2D()(x)
        for _ in range(depth):
            x = _convolution(x, features)
    x = layers.GlobalAveragePooling2D()(D4MaxPooling()(x))
    x = layers.Dropout(0.2)(x)
    outputs = layers.Dense(classes, activation="softmax", dtype="float32")(x)
    return keras.Model(inputs, outputs, name=name)


def _convolution(
    x: keras.KerasTensor, features: int, side: int = 3, strides: int = 1
) -> keras.KerasTensor:
    x = D4Conv2D(features, side, strides)(x)
    return layers.ReLU()(D4BatchNormalization(momentum=0.9)(x))
