"""The patches of a config in memory: decoded once, resident as uint8 or uint16."""

import dataclasses

import numpy as np

from benchmark.errors import BenchmarkError
from tem_virus_dataset.building import content_hash


@dataclasses.dataclass(frozen=True)
class Patches:
    """All examples of one split.

    Attributes:
      images: (n, side, side, 1) uint8 where every count of the config fits, else uint16; the side
        is 256, and may be another in a user's own folder.
      labels: (n,) int32, index into the config's classes.
      ids: (n,) str, `split/Class/name`; micrographs: (n,) str, `split/Class/stem`.
    """

    images: np.ndarray
    labels: np.ndarray
    ids: np.ndarray
    micrographs: np.ndarray

    def __len__(self) -> int:
        return len(self.labels)


@dataclasses.dataclass(frozen=True)
class Data:
    """A whole config, in the order of the ids.

    Attributes:
      config: `tem_virus/mirror_11class` or `folder/NAME`; version: of the data set, `1.0.0`.
      classes: names in label order; content_hash: see `tem_virus_dataset.building.content_hash`.
      splits: train, validation and test.
      nm_per_pixel: of the images of a user, where it is known; those of configs have 1 nm.
    """

    config: str
    version: str
    classes: tuple[str, ...]
    content_hash: str
    splits: dict[str, Patches]
    nm_per_pixel: float | None = None


def digest(label: int, image: np.ndarray, nm_per_pixel: float | None) -> str:
    """Return the digest of one example; the pixel size is in it where it is known."""
    size = () if nm_per_pixel is None else (np.array(nm_per_pixel, np.float64),)
    return content_hash.example_digest(label, image, *size)


def pool(images: np.ndarray, image_size: int) -> int:
    """Return the factor by which (n, height, width, 1) are average-pooled to `image_size` pixels.

    Raises:
      BenchmarkError: it is no whole number.
    """
    factor, rest = divmod(images.shape[1], image_size)
    if rest or not factor:
        raise BenchmarkError(
            f"image_size {image_size}: found images of {images.shape[1]}x{images.shape[2]} "
            "pixels, which cannot be averaged down to it; expected a multiple. Choose a size that "
            "divides them, 32, 64, 128 or 256 (--set image_size=...), or rescale the images."
        )
    return factor
