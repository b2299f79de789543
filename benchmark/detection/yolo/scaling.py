"""Pictures at the scale that a detector sees them."""

from typing import Any

import cv2
from numpy.typing import NDArray


def resized(image: NDArray[Any], factor: float) -> NDArray[Any]:
    """Return (height, width) with so many times the pixels each way, by OpenCV.

    Areas are averaged where it gets smaller; where larger, cubic. As it is at a factor of 1.
    """
    if abs(factor - 1) < 1e-6:
        return image
    height, width = image.shape
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return cv2.resize(image, size, interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)
