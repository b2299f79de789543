"""What finds particles: a function of pictures, and what has to be known about it."""

import dataclasses
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from benchmark.detection.yolo import decoding
from benchmark.detection.yolo.decoding import Found


class Find(Protocol):
    """From pictures (n, height, width, 1) float32, standardized by micrograph, to their particles.

    Height and width are multiples of 32.
    """

    def __call__(self, pictures: NDArray[np.float32], /) -> list[Found]:
        """Return what is in each picture, boxes in its pixels."""


@dataclasses.dataclass(frozen=True)
class Detector:
    """A network that is ready for use.

    Attributes:
      find: the network; classes: names in label order.
      side: pixels of the largest square pictures that it is shown, a multiple of 32.
      nm_per_pixel: of these pictures; None where it was trained on pictures as they were.
      largest: side in these pixels of the largest box that it was trained on.
      confidence: chosen on validation, below which a box does not count.
      name: of the run; digest: sha256 of its weights; warning: to be said before use, or "".
    """

    find: Find
    classes: tuple[str, ...]
    side: int
    nm_per_pixel: float | None
    largest: float
    confidence: float
    name: str
    digest: str
    warning: str = ""


def of_network(network: Any, anchors: NDArray[np.floating]) -> Find:
    """Return the function of a `keras.Model` that `detection.yolov5.network` built.

    Args:
      anchors: (3, 3, 2) width and height in pixels.
    """
    from benchmark.detection.yolo.inference import look

    said = look(network, anchors)

    def find(pictures: NDArray[np.float32]) -> list[Found]:
        answers = zip(*said(pictures), strict=True)
        return [decoding.particles(near, chances) for near, chances in answers]

    return find
