"""A patch, and its cropping from a micrograph."""

import dataclasses

import numpy as np

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError


@dataclasses.dataclass(frozen=True)
class Patch:
    """One patch, as its source holds it.

    Attributes:
      name: unique among its class and split; the example's id is `split/Class/name`.
      image: (256, 256) uint8 or uint16, raw counts at 1 nm per pixel.
      file: where it was read, for messages.
    """

    name: str
    image: np.ndarray
    file: str

    def __post_init__(self) -> None:
        if self.image.shape != (facts.PATCH, facts.PATCH):
            height, width = self.image.shape
            raise DatasetError(
                f"{self.file}: {width}x{height} pixels; expected {facts.PATCH}x{facts.PATCH}. "
                "Put the published file in its place."
            )
        if (self.image == self.image[0, 0]).all():  # a constant patch cannot be standardized
            raise DatasetError(
                f"{self.file}: patch {self.name} is constant, all pixels {self.image[0, 0]}; "
                "expected an image. Put the published file in its place."
            )


def cut(micrograph: np.ndarray, x: float, y: float) -> np.ndarray:
    """Cut the patch centred on a point, mirroring the micrograph past its border.

    Args:
      micrograph: (height, width) at 1 nm per pixel, any integer dtype.
      x: column of the centre in pixels from the left; y: row from the top.

    Returns:
      (256, 256) of the micrograph's dtype; its pixel (128, 128) is the rounded centre.
    """
    return micrograph[np.ix_(*window(micrograph.shape, x, y))]


def window(shape: tuple[int, ...], x: float, y: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the rows and the columns that `cut` takes from a micrograph of that shape."""
    return _mirrored(round(y), shape[0]), _mirrored(round(x), shape[1])


def _mirrored(centre: int, length: int) -> np.ndarray:
    """Return one axis's indices; past the border they run back (... 1 0 | 0 1 ...)."""
    index = np.arange(centre - facts.PATCH // 2, centre + facts.PATCH // 2) % (2 * length)
    return np.minimum(index, 2 * length - 1 - index)
