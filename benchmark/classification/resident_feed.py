"""Patches resident on the device; gathered, turned and standardized inside the jitted step.

Per-patch mean and standard deviation are computed once: they do not change under the eight views.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from benchmark.classification.data import pool
from benchmark.training.compiling import fused


def statistics(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and inverse standard deviation of each patch, from raw counts.

    Args:
      images: (n, height, width, 1), any integer dtype.

    Returns:
      Two (n,) float32; a constant patch has an inverse of 0, and so is standardized to zeros.
    """
    flat = images.reshape(len(images), -1)
    total = flat.sum(axis=1, dtype=np.float64)
    squares = np.einsum("ij,ij->i", flat, flat, dtype=np.float64, casting="unsafe")
    count = flat.shape[1]
    deviation = np.sqrt(np.maximum(count * squares - total**2, 0)) / count
    inverse = np.divide(1.0, deviation, out=np.zeros_like(deviation), where=deviation > 0)
    mean = total / count
    return mean.astype(np.float32), inverse.astype(np.float32)


class Feed(keras.layers.Layer):
    """Turns (index, view, share) into standardized patches.

    Inputs, each (batch, k): `index` int32 of patches, `view` int32 of the eight, `share` float32
    that sums to 1 over k; k > 1 mixes patches (mixup). Output: (batch, side, side, 1) float32.
    """

    def __init__(self, images: np.ndarray, side: int, **kwargs: Any) -> None:
        super().__init__(**kwargs, trainable=False, dtype="float32")
        self.pool = pool(images, side)
        mean, inverse = statistics(images)
        self.images = self._resident(images, "images")
        self.mean = self._resident(mean, "mean")
        self.inverse = self._resident(inverse, "inverse")
        self._batch = fused(self._gathered)

    def _resident(self, values: np.ndarray, name: str) -> keras.Variable:
        variable = self.add_weight(
            shape=values.shape,
            dtype=values.dtype.name,
            initializer="zeros",
            trainable=False,
            name=name,
        )
        variable.assign(values)
        return variable

    def call(self, inputs: dict) -> Any:
        """Return the batch."""
        return self._batch(inputs)

    def _gathered(self, inputs: dict) -> Any:
        parts = [
            self._patch(inputs["index"][:, k], inputs["view"][:, k]) * _wide(inputs["share"][:, k])
            for k in range(inputs["index"].shape[1])
        ]
        batch = sum(parts[1:], parts[0])
        return ops.average_pool(batch, self.pool, self.pool) if self.pool > 1 else batch

    def _patch(self, index: Any, view: Any) -> Any:
        image = ops.cast(ops.take(self.images, index, axis=0), "float32")
        image = (image - _wide(ops.take(self.mean, index))) * _wide(ops.take(self.inverse, index))
        return turn(image, view)


def _wide(values: Any) -> Any:
    """Give (batch,) the shape (batch, 1, 1, 1)."""
    return ops.reshape(values, (-1, 1, 1, 1))


def turn(images: Any, view: Any) -> Any:
    """Show each patch of a batch (n, s, s, 1) in its view (n,) of the eight, exactly."""
    for bit, moved in ((4, _transpose), (2, _up_down), (1, _left_right)):
        chosen = ops.not_equal(ops.bitwise_and(view, bit), 0)
        images = ops.where(_wide(chosen), moved(images), images)
    return images


def _transpose(images: Any) -> Any:
    return ops.transpose(images, (0, 2, 1, 3))


def _up_down(images: Any) -> Any:
    return ops.flip(images, 1)


def _left_right(images: Any) -> Any:
    return ops.flip(images, 2)
