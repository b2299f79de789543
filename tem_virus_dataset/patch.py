"""A patch, how it is cut out of a micrograph, and the unit of work that yields patches."""

import dataclasses
from collections.abc import Callable, Iterable

import numpy as np

from tem_virus_dataset import facts


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


@dataclasses.dataclass(frozen=True)
class Job:
    """One micrograph's patches, counted before any pixel is read.

    Attributes:
      split: train, validation or test.
      class_name: the virus, spelled as on disk.
      stem: name of the micrograph, without suffix; its full name is `split/Class/stem`.
      count: how many patches `patches()` yields.
      patches: a pure function of the source.
    """

    split: str
    class_name: str
    stem: str
    count: int
    patches: Callable[[], Iterable[Patch]]

    @property
    def folder(self) -> str:
        """`split/Class`, the beginning of every id."""
        return f"{self.split}/{self.class_name}"


def cut(micrograph: np.ndarray, x: float, y: float) -> np.ndarray:
    """Cut the patch centred on a point, mirroring the micrograph past its border.

    Args:
      micrograph: (height, width) at 1 nm per pixel, any integer dtype.
      x: column of the centre in pixels from the left; y: row from the top.

    Returns:
      (256, 256) of the micrograph's dtype; its pixel (128, 128) is the rounded centre.
    """
    rows = _mirrored(round(y), micrograph.shape[0])
    columns = _mirrored(round(x), micrograph.shape[1])
    return micrograph[np.ix_(rows, columns)]


def _mirrored(centre: int, length: int) -> np.ndarray:
    """Return one axis's indices; past the border they run back (... 1 0 | 0 1 ...)."""
    index = np.arange(centre - facts.PATCH // 2, centre + facts.PATCH // 2) % (2 * length)
    return np.minimum(index, 2 * length - 1 - index)
