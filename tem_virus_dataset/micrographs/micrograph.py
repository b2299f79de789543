"""A whole micrograph as its source holds it, and the patches cut from it."""

import dataclasses
from collections.abc import Iterator

import numpy as np

from tem_virus_dataset.micrographs import patch, rescale
from tem_virus_dataset.micrographs.particles import Particles


@dataclasses.dataclass(frozen=True)
class Micrograph:
    """One micrograph with its annotation.

    Attributes:
      stem: its name, without suffix.
      image: (height, width) uint8 or uint16, raw counts.
      nm_per_pixel: side of a pixel.
      particles: in pixels of `image`.
      file: where it was read, for messages.
    """

    stem: str
    image: np.ndarray
    nm_per_pixel: float
    particles: Particles
    file: str

    def at_one_nm(self) -> np.ndarray:
        """Return the image at 1 nm per pixel, of the same dtype."""
        return rescale.to_one_nm(self.image, self.nm_per_pixel)


def patches(micrograph: Micrograph) -> Iterator[patch.Patch]:
    """Cut the patches of a micrograph, in the order of its particles' points.

    Past the border the rescaled micrograph is mirrored. Only the patches' windows are rescaled.
    Source: Matuszewski & Sintorn 2021, section 2.2.
    """
    size = micrograph.nm_per_pixel
    centres = [(x * size, y * size) for x, y in micrograph.particles.centres()]
    shape = rescale.shape_at_one_nm(micrograph.image.shape, size)
    windows = [patch.window(shape, x, y) for x, y in centres]
    image = rescale.to_one_nm(micrograph.image, size, windows)
    for number, (x, y) in enumerate(centres, start=1):
        name = f"{micrograph.stem}_{number}"
        yield patch.Patch(name, patch.cut(image, x, y), micrograph.file)
