"""Local contrast: each pixel relative to the mean and standard deviation of its neighbourhood.

A patch in thick stain has most of its range in the gradient of the stain and in debris; particles
then differ by a few counts, and standardization by the whole patch leaves them invisible. Divided
by the local standard deviation, a particle looks alike in thin and in thick stain. The quotient
forgets which parts are dark, so that it is a second channel beside the image, not in its place.
"""

from typing import Any

import keras
from keras import layers, ops

CUT_OFF = 2.5  # standard deviations at which the Gaussian ends
FLOOR = 0.2  # of the image's mean local deviation, added everywhere: flat areas show no noise
LIMIT = 5.0  # of the result's magnitude
CONSTANT = 0.02  # deviation of a standardized image up to which its neighbourhood is constant


@keras.saving.register_keras_serializable("tem_virus")
class LocalContrast(layers.Layer):
    """Maps images to their local contrast, both (batch, height, width, 1) float32.

    It is (x - mean) / (deviation + 0.2 * mean deviation of the image), clipped to -5 and 5; mean
    and deviation are weighted by a Gaussian around each pixel, and beyond the border nothing is
    assumed. It commutes with the D4 transforms, and changes neither with brightness nor contrast.

    Args:
      sigma: standard deviation of the Gaussian, in pixels.
      padded: images may be padded with a constant. The mean deviation is then that of the pixels
        around which something varies: else a micrograph would look different beside a larger one.
    """

    def __init__(self, sigma: float, padded: bool = False, **kwargs: Any) -> None:
        super().__init__(**{"dtype": "float32", **kwargs}, trainable=False)
        self.sigma, self.padded = sigma, padded

    def build(self, input_shape: tuple) -> None:
        """Keep the size of the images, where it is known."""
        _, height, width, _ = input_shape
        self.size = height or 0, width or 0

    def multiply_adds(self) -> int:
        """Count the multiply-adds of one image, for `benchmark.models.flops`."""
        height, width = self.size
        return 2 * height * width * (height + width)  # mean and square, along both axes

    def call(self, images: Any) -> Any:
        """Return the local contrast."""
        _, height, width, _ = ops.shape(images)
        rows, columns = self._gaussian(height), self._gaussian(width)
        moments = ops.stack([images[..., 0], images[..., 0] ** 2])
        mean, square = ops.unstack(
            ops.matmul(ops.matmul(rows, moments), ops.transpose(columns)), num=2
        )
        deviation = ops.sqrt(ops.maximum(square - mean**2, 0))
        floor = FLOOR * self._mean(deviation)
        contrast = (images[..., 0] - mean) / (deviation + floor + keras.config.epsilon())
        return ops.clip(contrast, -LIMIT, LIMIT)[..., None]

    def _mean(self, deviation: Any) -> Any:
        """Return the mean (batch, 1, 1) of a deviation (batch, height, width)."""
        if not self.padded:
            return ops.mean(deviation, axis=(1, 2), keepdims=True)
        varies = ops.cast(deviation > CONSTANT, deviation.dtype)
        count = ops.maximum(ops.sum(varies, axis=(1, 2), keepdims=True), 1)
        return ops.sum(deviation * varies, axis=(1, 2), keepdims=True) / count

    def _gaussian(self, length: Any) -> Any:
        """Return the weights (length, length) of all pixels for each pixel of one axis.

        As a product with a matrix of a band it is five times as fast on CPUs as a convolution with
        one channel, and the borders need no care.
        """
        position = ops.cast(ops.arange(length), "float32")
        distance = (position[:, None] - position) / self.sigma
        weights = ops.where(ops.abs(distance) <= CUT_OFF, ops.exp(-(distance**2) / 2), 0.0)
        return weights / ops.sum(weights, axis=1, keepdims=True)

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        """Return the shape of the images."""
        return input_shape

    def get_config(self) -> dict[str, Any]:
        """Return what the layer is built from."""
        return {**super().get_config(), "sigma": self.sigma, "padded": self.padded}
