"""What finds particles: a function of pictures, and what has to be known about it."""

import dataclasses
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from benchmark.detection.decoding import Found


class Find(Protocol):
    """From pictures (n, s, s, 1) float32, standardized by micrograph, to their particles.

    Their side s is a multiple of 32, up to `Detector.side`.
    """

    def __call__(self, pictures: NDArray[np.float32], /) -> list[Found]:
        """Return what is in each picture, boxes in its pixels."""


@dataclasses.dataclass(frozen=True)
class Detector:
    """A network that is ready for use.

    Attributes:
      find: the network; classes: names in label order.
      side: pixels of the largest square pictures that it is shown, a multiple of 32.
      nm_per_pixel: of these pictures.
      largest: side in these pixels of the largest box that it was trained on.
      confidence: chosen on validation, below which a box does not count.
      name: of the run; digest: sha256 of its weights.
    """

    find: Find
    classes: tuple[str, ...]
    side: int
    nm_per_pixel: float
    largest: float
    confidence: float
    name: str
    digest: str
