"""A small network that sees local contrast beside the image, trained from scratch on CPU cores."""

import keras
from keras import layers

from benchmark.models.layers.local_contrast import LocalContrast
from benchmark.models.registry import Options, register

STAGES = ((24, 1), (48, 1), (96, 2), (192, 2), (256, 1))  # filters of a stage, its convolutions
NEIGHBOURHOOD = 1 / 16  # of the patch's side: 16 nm, two capsomers


@register("contrast_cnn")
def contrast_cnn(shape: tuple[int, int, int], classes: int, options: Options) -> keras.Model:
    """Two channels, 3x3 convolutions in five stages, mean and maximum over the patch, softmax.

    A small particle fills a hundredth of a patch: a mean over the patch dilutes its features, and
    the maximum keeps them.
    """
    image = keras.Input(shape)
    x = layers.Concatenate()([image, LocalContrast(shape[0] * NEIGHBOURHOOD)(image)])
    for stage, (filters, depth) in enumerate(STAGES):
        x = layers.MaxPooling2D()(x) if stage else x
        for _ in range(depth):
            x = layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)
            x = layers.ReLU()(layers.BatchNormalization(momentum=0.99)(x))
    x = layers.Concatenate()([layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)])
    x = layers.Dropout(0.2)(x)
    outputs = layers.Dense(classes, activation="softmax", dtype="float32")(x)
    return keras.Model(image, outputs, name="contrast_cnn")
