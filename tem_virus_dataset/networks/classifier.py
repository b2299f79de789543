"""A classifier of particles: a function of patches, cropped and standardized as in training."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.micrographs import patch
from tem_virus_dataset.micrographs.rescale import shape_at_one_nm, to_one_nm
from tem_virus_dataset.networks import d4_transforms
from tem_virus_dataset.networks import temperature as temperature_scaling

BATCH_SIZE = 8  # patches at once: more need more memory and are no faster


class ClassifyPatches(Protocol):
    """From patches (n, 256, 256, 1), raw counts at `Classifier.nm_per_pixel`, to (n, c)."""

    def __call__(self, patches: NDArray[np.integer], /) -> NDArray[np.floating]:
        """Return the probability of each class."""


@dataclasses.dataclass(frozen=True)
class Classified:
    """What a network says of n patches.

    Attributes:
      probabilities: (n, c) of the classes.
      novelty: (n,) distance from the patches of the training, divided by the threshold: above 1 the
        class is unknown; nan where the network does not tell.
    """

    probabilities: NDArray[np.floating]
    novelty: NDArray[np.floating]


class ExaminePatches(Protocol):
    """From patches as those of `ClassifyPatches`."""

    def __call__(self, patches: NDArray[np.integer], /) -> Classified:
        """Return the probability of each class, and the novelty."""


@dataclasses.dataclass(frozen=True)
class Classifier:
    """A trained network that is ready for use.

    Attributes:
      classify: the network; classes: names in label order.
      name: of the run; digest: sha256 of its weights; warning: shown to the user, or "".
      nm_per_pixel: of the patches, of 256 pixels a side.
      with_novelty: the network, where it also tells how new a patch is.
      on_half: returns the same on half of the processors, for two images at once.
    """

    classify: ClassifyPatches
    classes: tuple[str, ...]
    name: str
    digest: str
    warning: str = ""
    nm_per_pixel: float = 1.0
    with_novelty: ExaminePatches | None = None
    on_half: Callable[[], "Classifier"] | None = None

    def examine(self, patches: NDArray[np.integer]) -> Classified:
        """Return probabilities and novelty of patches."""
        if self.with_novelty:
            return self.with_novelty(patches)
        return Classified(self.classify(patches), np.full(len(patches), np.nan))


def patches_around(
    image: NDArray[np.integer],
    nm_per_pixel: float,
    points: Sequence[tuple[float, float]],
    patch_nm: float = 1.0,
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
    network: Any,
    image_size: int,
    tta: int,
    temperature: float | None = None,
    batch_size: int = BATCH_SIZE,
) -> ClassifyPatches:
    """Return the function of a network from raw patches to probabilities.

    Args:
      network: its method `predict_on_batch` returns the probabilities (n, c) of standardized images
        (n, image_size, image_size, 1), as that of an `OnnxNetwork` or of a `keras.Model`.
      image_size: side in pixels that patches are averaged down to.
      tta: number of D4 transforms that are averaged; temperature: of the mean; None: as it is.
      batch_size: patches at once, at most.
    """

    def compute(images: NDArray[np.float32]) -> list[NDArray[np.floating]]:
        return [network.predict_on_batch(images)]

    def classify(patches: NDArray[np.integer]) -> NDArray[np.floating]:
        (mean,) = _means(compute, patches, image_size, tta, batch_size)
        return mean if temperature is None else temperature_scaling.applied(mean, temperature)

    return classify


def of_network_with_novelty(
    network: Any,
    image_size: int,
    tta: int,
    temperature: float | None,
    threshold: float,
    batch_size: int = BATCH_SIZE,
) -> ExaminePatches:
    """Return the function of a network from raw patches to probabilities and novelty.

    Both are means over the D4 transforms: a score of one transform alone would depend on how the
    particle lies.

    Args:
      network: its method `outputs_on_batch` returns probabilities (n, c) and distances (n,); more
        arguments are those of `of_network`. threshold: of the mean distance; positive.
    """  # fmt: skip

    def examine(patches: NDArray[np.integer]) -> Classified:
        mean, distances = _means(network.outputs_on_batch, patches, image_size, tta, batch_size)
        if temperature is not None:
            mean = temperature_scaling.applied(mean, temperature)
        return Classified(mean, distances / threshold)

    return examine


def _means(
    compute: Callable[[NDArray[np.float32]], Sequence[NDArray[np.floating]]],
    patches: NDArray[np.integer],
    image_size: int,
    tta: int,
    batch_size: int,
) -> list[NDArray[np.float64]]:
    """Return the mean of each output over the D4 transforms; patches is not empty."""
    batches = []
    for first in range(0, len(patches), batch_size):
        batch = standardized(patches[first : first + batch_size], image_size)
        transformed = (
            compute(np.ascontiguousarray(d4_transforms.applied(batch, number)))
            for number in range(tta)
        )
        outputs = zip(*transformed, strict=True)
        batches.append([sum(np.asarray(v, np.float64) for v in values) for values in outputs])
    return [np.concatenate(parts) / tta for parts in zip(*batches, strict=True)]


def standardized(images: NDArray[np.integer], image_size: int) -> NDArray[np.float32]:
    """Return patches with mean 0 and standard deviation 1, averaged down to `image_size` pixels.

    A constant patch is zeros.

    Args:
      images: (n, side, side, 1) raw counts.

    Raises:
      DatasetError: the side is no multiple of `image_size`.
    """
    side = images.shape[1]
    factor, rest = divmod(side, image_size)
    if rest or not factor:
        raise DatasetError(
            f"the network takes images of {image_size} pixels; expected a size that patches of "
            f"{side} pixels can be averaged down to. Train it at 32, 64, 128 or 256 pixels."
        )
    averaged = np.empty((len(images), image_size, image_size, 1), np.float32)
    for image, small in zip(images, averaged, strict=True):
        ((mean,),), ((deviation,),) = cv2.meanStdDev(image)  # in float64
        values = image[..., 0].astype(np.float32)
        if factor > 1:  # areas first: the rest then has fewer pixels
            values = cv2.resize(values, small.shape[:2], interpolation=cv2.INTER_AREA)
        inverse = 1 / deviation if deviation > 0 else 0
        small[..., 0] = (values - np.float32(mean)) * np.float32(inverse)
    return averaged
