"""A small plain network, trained from scratch in half an hour on two CPU cores."""

import keras
from keras import layers

from benchmark.models.registry import Options, register


@register("plain_cnn")
def plain_cnn(shape: tuple[int, int, int], classes: int, options: Options) -> keras.Model:
    """3x3 convolutions in five stages of growing width, average pooling, softmax."""
    inputs = x = keras.Input(shape)
    for stage, (filters, depth) in enumerate(((24, 1), (48, 1), (96, 2), (192, 2), (256, 1))):
        x = layers.MaxPooling2D()(x) if stage else x
        for _ in range(depth):
            x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
            x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    x = layers.Dropout(0.2)(layers.GlobalAveragePooling2D()(x))
    outputs = layers.Dense(classes, activation="softmax", dtype="float32")(x)
    return keras.Model(inputs, outputs, name="plain_cnn")
