"""Group-equivariant convolutions (p4m): rotate or flip the image, and the features follow.

Source: Cohen & Welling 2016, "Group Equivariant Convolutional Networks", arXiv 1602.07576.

A plain network has to learn a particle in every orientation; augmentation only shows it more of
them. Here the eight D4 transforms (`data.d4_transforms`) are built in. A feature is a stack of
eight maps, one for each transform of its kernel: the kernel is learned once and applied under all
eight transforms, so eight times the channels need no more weights. A transform of the image
transforms each map and permutes the eight; a later kernel sees the same eight maps in another
order, and its own stack of eight permutes alike. `D4MaxPooling` takes the maximum over the eight,
and global average pooling the mean over all places: then the prediction is invariant.
"""

from typing import Any

import keras
from keras import layers, ops

from tem_virus_dataset.networks import d4_transforms

# Axes of a kernel (side, side, 2, 2, 2, inputs, outputs): rows, columns, and the three bits of the
# number of a transform. A transform acts on the bits of the two flips as it does on rows and
# columns: composed with a flip of the rows, "flipped up-down" becomes "not flipped".
ROWS, COLUMNS, TRANSPOSED, UP_DOWN, LEFT_RIGHT = range(5)


class D4Conv2D(layers.Layer):
    """A bias-free convolution of features that have one map for each of the eight D4 transforms.

    Input (batch, height, width, 1) of an image, or (batch, height, width, 8 * inputs); output
    (batch, height / strides, width / strides, 8 * features). Sides must be even where strides is 2:
    else the strided grid would not be symmetric.

    Args:
      features: number of features of the output; side: pixels of the kernel.
    """

    def __init__(self, features: int, side: int = 3, strides: int = 1, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.features, self.side, self.strides = features, side, strides
        self.of_image = False

    def build(self, input_shape: tuple) -> None:
        """Create the one kernel that all eight transforms share."""
        _, height, width, channels = input_shape
        self.of_image = channels == 1
        bits = (1, 1, 1) if self.of_image else (2, 2, 2)
        inputs = 1 if self.of_image else channels // d4_transforms.COUNT
        self.positions = (height // self.strides) * (width // self.strides)
        fan_in = self.side**2 * channels
        self.kernel = self.add_weight(
            shape=(self.side, self.side, *bits, inputs, self.features),
            initializer=keras.initializers.RandomNormal(stddev=(2 / fan_in) ** 0.5),
            name="kernel",
        )

    def call(self, inputs: Any) -> Any:
        """Convolve with the kernel under all eight transforms."""
        kernels = ops.stack(
            [transformed(self.kernel, t) for t in range(d4_transforms.COUNT)], axis=-2
        )
        shape = (self.side, self.side, inputs.shape[-1], d4_transforms.COUNT * self.features)
        return ops.conv(inputs, ops.reshape(kernels, shape), self.strides, "same")

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return (batch, height / strides, width / strides, 8 * features)."""
        batch, height, width, _ = input_shape
        channels = d4_transforms.COUNT * self.features
        return batch, height // self.strides, width // self.strides, channels

    def multiply_adds(self) -> int:
        """Count the multiply-adds of one image, for `benchmark.models.flops`."""
        channels = 1 if self.of_image else d4_transforms.COUNT * self.kernel.shape[-2]
        return self.positions * self.side**2 * channels * d4_transforms.COUNT * self.features


class D4BatchNormalization(layers.Layer):
    """Batch normalization with one mean, variance, scale and offset for a feature's eight maps.

    Statistics of their own would differ from map to map, and break the equivariance.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__()
        self.normalization = layers.BatchNormalization(**kwargs)

    def build(self, input_shape: tuple) -> None:
        """Create the weights, one of each kind for a feature."""
        batch, height, width, channels = input_shape
        count = d4_transforms.COUNT
        self.normalization.build((batch, height, width * count, channels // count))

    def call(self, inputs: Any, training: bool | None = None) -> Any:
        """Lay the eight maps side by side, as though the image were eight times as wide."""
        _, height, width, channels = inputs.shape
        count = d4_transforms.COUNT
        beside = ops.reshape(inputs, (-1, height, width * count, channels // count))
        normalized = self.normalization(beside, training=training)
        return ops.reshape(normalized, (-1, height, width, channels))


class D4MaxPooling(layers.Layer):
    """The maximum over a feature's eight maps: (..., 8 * features) to (..., features)."""

    def call(self, inputs: Any) -> Any:
        """Return features that no longer depend on how the image was rotated or flipped."""
        *_, height, width, channels = inputs.shape
        count = d4_transforms.COUNT
        maps = ops.reshape(inputs, (-1, height, width, count, channels // count))
        return ops.max(maps, axis=-2)


def transformed(kernel: Any, transform: int) -> Any:
    """Apply a D4 transform to a kernel (side, side, bits, bits, bits, inputs, outputs)."""
    if transform & d4_transforms.TRANSPOSE:
        swapped = (COLUMNS, ROWS, TRANSPOSED, LEFT_RIGHT, UP_DOWN, 5, 6)
        kernel = ops.flip(ops.transpose(kernel, swapped), TRANSPOSED)
    if transform & d4_transforms.FLIP_VERTICAL:
        kernel = ops.flip(kernel, (ROWS, UP_DOWN))
    if transform & d4_transforms.FLIP_HORIZONTAL:
        kernel = ops.flip(kernel, (COLUMNS, LEFT_RIGHT))
    return kernel
