"""The training patches stay on the device; a layer gathers and augments them inside the step.

Common pipelines decode, augment and copy every batch on the CPU, and the accelerator waits. All
patches of a config fit into memory as they are stored (uint8 or uint16, under 1 GB), so they are
copied to the device once. A step then receives three small arrays, and the compiled step itself
gathers, standardizes, transforms and mixes the patches. Mean and standard deviation of a patch do
not change under the D4 transforms, so they are computed once, before training.
"""

from typing import Any

import keras
import numpy as np
from keras import ops

from benchmark.classification import tone
from benchmark.classification.data import Patches, pool
from benchmark.data import d4_transforms
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
    """Maps (index, transform, share) to standardized patches.

    Inputs, each (batch, k): `index` int32 of patches, `transform` int32 of the D4 transforms,
    `share` float32 that sums to 1 over k; k > 1 mixes patches (mixup, Zhang et al. 2018).
    With `changes_tone`, also the arrays of `tone.draw`. Output: (batch, side, side, 1) float32.

    Args:
      images: (n, height, width, 1) uint8 or uint16; side: pixels, of which theirs is a multiple.
    """

    def __init__(
        self, images: np.ndarray, side: int, changes_tone: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs, trainable=False, dtype="float32")
        self.pool = pool(images, side)
        mean, inverse = statistics(images)
        self.images = self._resident(images, "images")
        self.mean = self._resident(mean, "mean")
        self.inverse = self._resident(inverse, "inverse")
        self.noise = self._resident(tone.noise_images(side), "noise") if changes_tone else None
        self._batch = fused(self._gathered if self.noise is None else self._gathered_in_other_tones)

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
        mixed = [
            self._patches(inputs["index"][:, k], inputs["transform"][:, k])
            * _per_patch(inputs["share"][:, k])
            for k in range(inputs["index"].shape[1])
        ]
        batch = sum(mixed[1:], mixed[0])
        return ops.average_pool(batch, self.pool, self.pool) if self.pool > 1 else batch

    def _gathered_in_other_tones(self, inputs: dict) -> Any:
        mixed = []
        for k in range(inputs["index"].shape[1]):
            drawn = {name: values[:, k] for name, values in inputs.items()}
            patches = self._patches(drawn["index"], drawn["transform"])
            if self.pool > 1:
                patches = ops.average_pool(patches, self.pool, self.pool)
            noise = ops.take(self.noise, drawn["noise_image"], axis=0)
            mixed.append(tone.apply(patches, drawn, noise) * _per_patch(drawn["share"]))
        return sum(mixed[1:], mixed[0])

    def _patches(self, index: Any, transform: Any) -> Any:
        images = ops.cast(ops.take(self.images, index, axis=0), "float32")
        mean, inverse = (_per_patch(ops.take(v, index)) for v in (self.mean, self.inverse))
        return d4_transforms.apply((images - mean) * inverse, transform)


def _per_patch(values: Any) -> Any:
    """Reshape (batch,) to (batch, 1, 1, 1), so that it is broadcast over a patch's pixels."""
    return ops.reshape(values, (-1, 1, 1, 1))


def fed(
    network: keras.Model,
    patches: Patches,
    image_size: int,
    mixed: int,
    changes_tone: bool = False,
) -> keras.Model:
    """Put a feed of resident patches before a network.

    Args:
      network: (batch, image_size, image_size, 1) float32 to probabilities (batch, classes).
      patches: all of a split; mixed: how many of them make one input.
      changes_tone: the model's inputs have the changes of `tone.draw` among them.

    Returns:
      A model from the inputs of `Feed` to the network's probabilities.
    """
    inputs = {
        "index": keras.Input((mixed,), dtype="int32", name="index"),
        "transform": keras.Input((mixed,), dtype="int32", name="transform"),
        "share": keras.Input((mixed,), dtype="float32", name="share"),
    }
    if changes_tone:
        for name in ("gamma", "blur", "noise"):
            inputs[name] = keras.Input((mixed,), dtype="float32", name=name)
        inputs["stain"] = keras.Input((mixed, tone.NODES**2), dtype="float32", name="stain")
        inputs["noise_image"] = keras.Input((mixed,), dtype="int32", name="noise_image")
    feed = Feed(patches.images, image_size, changes_tone)
    return keras.Model(inputs, network(feed(inputs)))
