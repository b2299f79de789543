"""A detector of few layers, which is traced in a moment; it ends as YOLOv5's does."""

from typing import Any

from benchmark.models.registry import DETECTION, SCRATCH, Model, Options
from tem_virus_dataset.networks.grid import PER_CELL, STRIDES


def tiny_detector(shape: tuple[int | None, int | None, int], classes: int, options: Options) -> Any:
    """One convolution with batch normalization for each of the three scales."""
    import keras  # here: a command chooses its backend first
    from keras import layers

    from benchmark.models.layers.local_contrast import LocalContrast
    from benchmark.models.layers.yolov5_network import POSITIONS, Positions
    from benchmark.models.yolov5 import load_pretrained

    x = image = keras.Input(shape)
    if options.contrast_sigma:
        x = layers.Concatenate()([image, LocalContrast(options.contrast_sigma, padded=True)(image)])
    maps = []
    for step in (STRIDES[0], STRIDES[1] // STRIDES[0], STRIDES[2] // STRIDES[1]):
        x = layers.Conv2D(8, step, step, use_bias=False)(x)
        x = layers.Activation("silu")(layers.BatchNormalization(momentum=0.97)(x))
        head = layers.Conv2D(PER_CELL * (5 + classes), 1)(x)
        maps.append(layers.Reshape((-1, 5 + classes))(head))
    network = keras.Model(image, Positions(name=POSITIONS)(maps))
    if options.weights:
        load_pretrained(network, options.weights)
    return network


MODEL = Model("tiny_detector", (SCRATCH,), tiny_detector, DETECTION)
