"""A micrograph with a box for each particle."""

import dataclasses

import numpy as np

Box = tuple[float, float, float, float]  # centre x, centre y, width, height


@dataclasses.dataclass(frozen=True)
class BoxedMicrograph:
    """The visible part of one micrograph, at 1 nm per pixel, with its particles' boxes.

    Attributes:
      stem: the micrograph's name, without suffix.
      image: (height, width) uint8, raw counts; no pixel of the black frame.
      boxes: centre x, centre y, width and height of each, in pixels of `image`; may reach past it.
      file: where it was read, for messages.
    """

    stem: str
    image: np.ndarray
    boxes: tuple[Box, ...]
    file: str

    def at_one_nm(self) -> np.ndarray:
        """Return the image, which has 1 nm per pixel already."""
        return self.image

    def corners(self) -> np.ndarray:
        """Return (n, 4) float64 x0, y0, x1, y1 in pixels, clipped to the image."""
        centre, size = np.hsplit(np.array(self.boxes, np.float64).reshape(-1, 4), 2)
        height, width = self.image.shape
        return np.hstack([centre - size / 2, centre + size / 2]).clip(0, [width, height] * 2)
