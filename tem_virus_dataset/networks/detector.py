"""A detector: a function of images, and what has to be known to use it."""

import dataclasses
from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.networks.nms import DetectedBoxes


class DetectBatch(Protocol):
    """From images (n, height, width, 1) float32, standardized by micrograph, to their detections.

    Height and width are multiples of 32.
    """

    def __call__(self, images: NDArray[np.float32], /) -> list[DetectedBoxes]:
        """Return the detections of each image, boxes in its pixels."""


@dataclasses.dataclass(frozen=True)
class Detector:
    """A trained network that is ready for use.

    Attributes:
      detect_batch: the network; classes: names in label order.
      tile_size: pixels of the largest square images that the network runs on, a multiple of 32.
      nm_per_pixel: of these images; None where it was trained on images as they were.
      largest_box: side in these pixels of the largest box that it was trained on.
      confidence: threshold chosen on validation, below which a detection does not count.
      name: of the run; digest: sha256 of its weights; warning: shown to the user, or "".
      certain_confidence: from which on nine in ten detections of validation are correct; None: not
        known.
      on_half: returns the same on half of the processors, for two images at once.
      tta: number of D4 transforms whose detections `detect_batch` averages.
      in_one_view: of such a detector, the one that sees each image once; else None.
    """

    detect_batch: DetectBatch
    classes: tuple[str, ...]
    tile_size: int
    nm_per_pixel: float | None
    largest_box: float
    confidence: float
    name: str
    digest: str
    warning: str = ""
    certain_confidence: float | None = None
    on_half: Callable[[], "Detector"] | None = None
    tta: int = 1
    in_one_view: "Detector | None" = None
