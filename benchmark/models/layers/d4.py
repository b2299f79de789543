"""Convolutions that turn with the picture: the eight symmetries of the square as channels.

Group-equivariant convolutions for p4m (Cohen & Welling 2016, arXiv 1602.07576). Each feature is a
stack of eight maps, one for each view of `training.sampling`: transposed or not, then flipped
up-down or not, then left-right or not. Turning the picture turns these maps and reorders the
eight; nothing else changes. A kernel is learned once and shown in all its eight views.
"""

from typing import Any

import keras
from keras import layers, ops

from benchmark.training.sampling import VIEWS

# Axes of a kernel (side, side, 2, 2, 2, inputs, outputs): rows, columns, and the three bits that
# number a view. What a view does to the two sides it does to the bits of the flips, too.
ROWS, COLUMNS, TRANSPOSED, UP_DOWN, LEFT_RIGHT = range(5)


class TurningConv2D(layers.Layer):
    """A convolution of features with eight views each, bias-free.

    Input (batch, height, width, 1) of a picture, or (batch, height, width, 8 * inputs); output
    (batch, height / strides, width / strides, 8 * features). Sides must be even where strides is 2:
    else the strided grid would not be symmetric.
    """

    def __init__(self, features: int, side: int = 3, strides: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.features, self.side, self.strides = features, side, strides
        self.of_picture = False

    def build(self, input_shape: tuple) -> None:
        """Make the one kernel that all eight views share."""
        _, height, width, channels = input_shape
        self.of_picture = channels == 1
        bits = (1, 1, 1) if self.of_picture else (2, 2, 2)
        inputs = 1 if self.of_picture else channels // VIEWS
        self.places = (height // self.strides) * (width // self.strides)
        fan_in = self.side**2 * channels
        self.kernel = self.add_weight(
            shape=(self.side, self.side, *bits, inputs, self.features),
            initializer=keras.initializers.RandomNormal(stddev=(2 / fan_in) ** 0.5),
            name="kernel",
        )

    def call(self, inputs: Any) -> Any:
        """Convolve with the kernel in its eight views."""
        views = ops.stack([turned(self.kernel, view) for view in range(VIEWS)], axis=-2)
        shape = (self.side, self.side, inputs.shape[-1], VIEWS * self.features)
        return ops.conv(inputs, ops.reshape(views, shape), self.strides, "same")

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return (batch, height / strides, width / strides, 8 * features)."""
        batch, height, width, _ = input_shape
        return batch, height // self.strides, width // self.strides, VIEWS * self.features

    def multiply_adds(self) -> int:
        """Count the multiply-adds of one picture, for `benchmark.models.flops`."""
        channels = 1 if self.of_picture else VIEWS * self.kernel.shape[-2]
        return self.places * self.side**2 * channels * VIEWS * self.features


class TurningBatchNormalization(layers.Layer):
    """Batch normalization with one mean, variance, scale and offset for a feature's eight views."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__()
        self.normalization = layers.BatchNormalization(**kwargs)

    def build(self, input_shape: tuple) -> None:
        """Make the weights of a feature."""
        batch, height, width, channels = input_shape
        self.normalization.build((batch, height, width * VIEWS, channels // VIEWS))

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Lay the views side by side, as though the picture were eight times as wide."""
        _, height, width, channels = inputs.shape
        beside = ops.reshape(inputs, (-1, height, width * VIEWS, channels // VIEWS))
        normalized = self.normalization(beside, training=training)
        return ops.reshape(normalized, (-1, height, width, channels))


class LargestView(layers.Layer):
    """The largest of a feature's eight views: (..., 8 * features) to (..., features)."""

    def call(self, inputs: Any) -> Any:
        """Return what no longer tells which way round the picture was."""
        *_, height, width, channels = inputs.shape
        return ops.max(ops.reshape(inputs, (-1, height, width, VIEWS, channels // VIEWS)), axis=-2)


def turned(kernel: Any, view: int) -> Any:
    """Show a kernel (side, side, bits, bits, bits, inputs, outputs) in one of the eight views."""
    if view & 4:
        swapped = (COLUMNS, ROWS, TRANSPOSED, LEFT_RIGHT, UP_DOWN, 5, 6)
        kernel = ops.flip(ops.transpose(kernel, swapped), TRANSPOSED)
    if view & 2:
        kernel = ops.flip(kernel, (ROWS, UP_DOWN))
    if view & 1:
        kernel = ops.flip(kernel, (COLUMNS, LEFT_RIGHT))
    return kernel
