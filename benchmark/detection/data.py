"""Whole micrographs with a box for each particle, in memory."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.building import content_hash

NO_LABEL = 0  # a micrograph has no class of its own


@dataclasses.dataclass(frozen=True)
class Scene:
    """One annotated micrograph.

    Attributes:
      id: `split/Class/stem`, or a name of its own; image: (height, width) uint8 or uint16 counts.
      boxes: (n, 4) float32 x, y of the centre, width, height in pixels; labels: (n,) int64.
      nm_per_pixel: None where it is not known.
    """

    id: str
    image: NDArray[Any]
    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    nm_per_pixel: float | None

    def standardized(self) -> NDArray[np.float32]:
        """Return the image with mean 0 and standard deviation 1; zeros where it is constant."""
        image = self.image.astype(np.float32)
        deviation = image.std()
        return (image - image.mean()) / (deviation if deviation > 0 else 1)


@dataclasses.dataclass(frozen=True)
class Scenes:
    """A whole config, in the order of the ids.

    Attributes:
      config: `tem_virus/mirror_11class_boxes` or `folder/NAME`; version: of the data set.
      classes: names in label order; content_hash: of the config, as `tem-virus verify` prints it.
      splits: train, validation and test.
    """

    config: str
    version: str
    classes: tuple[str, ...]
    content_hash: str
    splits: dict[str, list[Scene]]


def of_one_depth(scenes: Sequence[Scene]) -> list[Scene]:
    """Return all scenes with images of uint8, or all of uint16 where one image is."""
    if len({scene.image.dtype for scene in scenes}) < 2:
        return list(scenes)
    return [dataclasses.replace(scene, image=scene.image.astype(np.uint16)) for scene in scenes]


def checksum(splits: Mapping[str, Sequence[Scene]]) -> str:
    """Return a hash over all ids, pixels, boxes, labels and pixel sizes, whatever their order.

    The hash of a prepared config has more in it: the fields of its examples that are not read here.
    """
    return content_hash.content_hash(
        {scene.id: _digest(scene) for scenes in splits.values() for scene in scenes}
    )


def _digest(scene: Scene) -> str:
    shape = np.array(scene.image.shape, np.int64)
    size = np.array(np.nan if scene.nm_per_pixel is None else scene.nm_per_pixel, np.float64)
    return content_hash.example_digest(
        NO_LABEL, scene.image, shape, scene.boxes, scene.labels, size
    )
