"""A micrograph of exosomes with its instance mask."""

import dataclasses

import numpy as np

from tem_virus_dataset.micrographs import rescale


@dataclasses.dataclass(frozen=True)
class MaskedMicrograph:
    """One micrograph with the outlines of its exosomes.

    Attributes:
      group: the set it belongs to.
      image: (height, width) uint8 or uint16, raw counts.
      mask: (height, width) uint16, 0 is background, any other value one exosome.
      nm_per_pixel: side of a pixel.
    """

    group: str
    image: np.ndarray
    mask: np.ndarray
    nm_per_pixel: float

    def at_one_nm(self) -> np.ndarray:
        """Return the image at 1 nm per pixel, of the same dtype."""
        return rescale.to_one_nm(self.image, self.nm_per_pixel)
