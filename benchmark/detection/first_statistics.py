"""Batch normalization of a trained detector, adapted to new training images, before the first step.

A training normalizes by the statistics of each batch, a trained network by those that it keeps. If
the two differ, as they do for a network whose normalization was folded away or that has never seen
such micrographs, the first step trains a network that detects nothing. Each normalization therefore
gets the mean and variance that its inputs have on the new images, and a factor and an offset with
which its outputs stay what they were. The detections are the same before and after.
"""

from collections.abc import Iterable

import keras
import numpy as np
from keras import layers
from numpy.typing import NDArray


def adapt(network: keras.Model, batches: Iterable[NDArray[np.float32]]) -> None:
    """Give each batch normalization the statistics of images; the network's outputs stay.

    Args:
      batches: of images (n, height, width, 1), as they are trained on.
    """
    found = [layer for layer in network.layers if isinstance(layer, layers.BatchNormalization)]
    inner = keras.Model(network.input, [layer.input for layer in found])
    count = 0
    sums = [np.zeros(layer.moving_mean.shape) for layer in found]
    squares = [np.zeros(layer.moving_mean.shape) for layer in found]
    for images in batches:
        count += len(images)
        for number, values in enumerate(inner.predict_on_batch(images)):
            exact = np.asarray(values, np.float64)
            sums[number] += len(images) * exact.mean(axis=(0, 1, 2))
            squares[number] += len(images) * (exact**2).mean(axis=(0, 1, 2))
    for layer, total, square in zip(found, sums, squares, strict=True):
        mean = total / count
        variance = np.maximum(square / count - mean**2, 0)
        factor, offset, old_mean, old_variance = (
            np.asarray(values, np.float64) for values in layer.get_weights()
        )
        old_deviation = np.sqrt(old_variance + layer.epsilon)
        new_factor = factor * np.sqrt(variance + layer.epsilon) / old_deviation
        new_offset = offset + factor * (mean - old_mean) / old_deviation
        layer.set_weights([new_factor, new_offset, mean, variance])
