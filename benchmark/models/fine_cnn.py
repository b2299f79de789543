"""`contrast_cnn` for patches at 1 nm per pixel: its first layer halves them itself."""

import keras
from keras import layers

from benchmark.models.contrast_cnn import NEIGHBOURHOOD, STAGES
from benchmark.models.layers.local_contrast import LocalContrast
from benchmark.models.registry import Options, register


@register("fine_cnn")
def fine_cnn(shape: tuple[int, int, int], classes: int, options: Options) -> keras.Model:
    """Convolve 5x5 pixels in strides of 2 first; the rest is `contrast_cnn`.

    Capsomers of 8 nm are 4 pixels at 2 nm. Averaged down, their finest detail is lost before the
    network sees it; learned filters may keep it at the same cost.
    """
    image = keras.Input(shape)
    x = layers.Concatenate()([image, LocalContrast(shape[0] * NEIGHBOURHOOD)(image)])
    for stage, (filters, depth) in enumerate(STAGES):
        x = layers.MaxPooling2D()(x) if stage else x
        for _ in range(depth):
            kernel, strides = (3, 1) if stage else (5, 2)
            x = layers.Conv2D(filters, kernel, strides, padding="same", use_bias=False)(x)
            x = layers.ReLU()(layers.BatchNormalization(momentum=0.99)(x))
    x = layers.Concatenate()([layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)])
    x = layers.Dropout(0.2)(x)
    outputs = layers.Dense(classes, activation="softmax", dtype="float32")(x)
    return keras.Model(image, outputs, name="fine_cnn")
