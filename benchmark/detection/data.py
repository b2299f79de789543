"""Whole micrographs with a box for each particle, in memory."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclasses.dataclass(frozen=True)
class Scene:
    """One micrograph.

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
        """Return the picture with mean 0 and standard deviation 1; zeros where it is constant."""
        image = self.image.astype(np.float32)
        deviation = image.std()
        return (image - image.mean()) / (deviation if deviation > 0 else 1)


@dataclasses.dataclass(frozen=True)
class Scenes:
    """A whole config: see `benchmark.classification.data.Data`."""

    config: str
    version: str
    classes: tuple[str, ...]
    content_hash: str
    splits: dict[str, list[Scene]]


def alike(scenes: Sequence[Scene]) -> list[Scene]:
    """Return them all with pictures of uint8, or all of uint16 where one is."""
    if len({scene.image.dtype for scene in scenes}) < 2:
        return list(scenes)
    return [dataclasses.replace(one, image=one.image.astype(np.uint16)) for one in scenes]
