"""A classifier of particles: a function of patches, cropped and standardized as in training."""

import dataclasses
from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from benchmark.classification import temperature
from benchmark.predict.points import Point
from tem_virus_dataset import facts
from tem_virus_dataset.micrographs import patch
from tem_virus_dataset.micrographs.rescale import shape_at_one_nm, to_one_nm


class ClassifyPatches(Protocol):
    """From patches (n, 256, 256, 1), raw counts at 1 nm per pixel, to probabilities (n, c)."""

    def __call__(self, patches: NDArray[np.integer], /) -> NDArray[np.floating]:
        """Return the probability of each class."""


@dataclasses.dataclass(frozen=True)
class Classifier:
    """A trained network that is ready for use.

    Attributes:
      classify: the network; classes: names in label order.
      name: of the run; digest: sha256 of its weights; warning: shown to the user, or "".
      nm_per_pixel: of the patches, of 256 pixels a side.
    """

    classify: ClassifyPatches
    classes: tuple[str, ...]
    name: str
    digest: str
    warning: str = ""
    nm_per_pixel: float = 1.0


def patches_around(
    image: NDArray[np.integer], nm_per_pixel: float, points: Sequence[Point], patch_nm: float = 1.0
) -> NDArray[np.integer]:
    """Crop the patch around each point as those of the data set are cropped.

    Args:
      image: (height, width) uint8 or uint16; points: in its pixels.
      patch_nm: nm per pixel of the patches.

    Returns:
      (n, 256, 256, 1) of its dtype, at `patch_nm`, mirrored beyond its border.
    """
    nm_per_pixel /= patch_nm  # in units of the patches' pixels
    shape = shape_at_one_nm(image.shape, nm_per_pixel)
    moved = [(x * shape[1] / image.shape[1], y * shape[0] / image.shape[0]) for x, y in points]
    rescaled = to_one_nm(image, nm_per_pixel, [patch.window(shape, x, y) for x, y in moved])
    patches = [patch.cut(rescaled, x, y) for x, y in moved]
    return np.array(patches, image.dtype).reshape(-1, facts.PATCH, facts.PATCH, 1)


def of_network(
    network: Any, image_size: int, tta: int, batch_size: int, scale: float = 1.0
) -> ClassifyPatches:
    """Return the function of a `keras.Model` that takes standardized patches (b, side, side, 1).

    Args:
      image_size: side in pixels that patches are averaged down to.
      tta: number of D4 transforms that are averaged.
      batch_size: patches at once; a batch is filled up to it, so that it is compiled once.
      scale: temperature of the probabilities.
    """
    from keras import ops

    from benchmark.classification.data import pool
    from benchmark.classification.resident_feed import statistics
    from benchmark.data import d4_transforms
    from benchmark.training.compiling import jitted

    def predicted(patches: Any, transforms: Any) -> Any:
        images = d4_transforms.apply(patches, transforms)
        factor = patches.shape[1] // image_size
        images = ops.average_pool(images, factor, factor) if factor > 1 else images
        return network(images, training=False)

    compiled = jitted(predicted)

    def classify(patches: NDArray[np.integer]) -> NDArray[np.floating]:
        pool(patches, image_size)  # refuses what cannot be averaged
        total = np.zeros((len(patches), network.output_shape[-1]))
        for first in range(0, len(patches), batch_size):
            batch = patches[first : first + batch_size]
            mean, inverse = (part[:, None, None, None] for part in statistics(batch))
            padded = np.zeros((batch_size, *batch.shape[1:]), np.float32)
            padded[: len(batch)] = (batch.astype(np.float32) - mean) * inverse
            for transform in range(tta):
                transforms = np.full(batch_size, transform, np.int32)
                probabilities = compiled(ops.convert_to_tensor(padded), transforms)
                total[first : first + batch_size] += ops.convert_to_numpy(probabilities)[
                    : len(batch)
                ]
        return total / tta if scale == 1 else temperature.applied(total / tta, scale)

    return classify
