"""What lies over an image: debris, and the strip with a scale bar that cameras burn in."""

import math

import numpy as np
from numpy.typing import NDArray

MOST_BLOBS = 6
DIAMETER_NM = (60.0, 150.0)
BRIGHTNESS = (4.0, 8.0)  # standard deviations of the image
DISTANCE = (80.0, 128.0)  # nm of a blob's centre from the patch's: the particle stays in view
EDGE_NM = 2.0
LETTER = 4  # pixels, of the text that the strip shows


def with_debris(
    counts: NDArray[np.float64], blobs: int, random: np.random.RandomState
) -> NDArray[np.float64]:
    """Return an image with bright blobs around its centre, at 1 nm per pixel.

    They take the range of gray values from the particle, as all that is bright does when an image
    is standardized. The blobs of a lower level are among those of a higher one.
    """
    uniform = random.random_sample((MOST_BLOBS, 4))
    deviation = counts.std()
    y, x = np.mgrid[: counts.shape[0], : counts.shape[1]]
    result = counts.copy()
    for of_angle, of_distance, of_size, of_brightness in uniform[:blobs]:
        angle = 2 * math.pi * of_angle
        distance = _between(DISTANCE, of_distance)
        radius = _between(DIAMETER_NM, of_size) / 2
        from_blob = np.hypot(
            x - (counts.shape[1] / 2 + distance * math.cos(angle)),
            y - (counts.shape[0] / 2 + distance * math.sin(angle)),
        )
        soft = 1 / (1 + np.exp(np.clip((from_blob - radius) / EDGE_NM, -50, 50)))
        result += _between(BRIGHTNESS, of_brightness) * deviation * soft
    return result


def _between(ends: tuple[float, float], share: float) -> float:
    return ends[0] + share * (ends[1] - ends[0])


def with_info_strip(
    counts: NDArray[np.float64], height: int, white: float, random: np.random.RandomState
) -> NDArray[np.float64]:
    """Return an image whose lowest rows are a black strip with something like text and a scale bar.

    Args:
      height: of the strip in pixels; white: count of its letters.
    """
    result = counts.copy()
    strip = result[-height:]
    strip[:] = 0
    third = height // 3
    lines = strip[third : height - third]
    width = strip.shape[1]
    letters = random.random_sample(width // LETTER) < 0.5
    text = np.repeat(letters, LETTER)[: width // 2]
    lines[:, : len(text)] = np.where(text, white, 0)
    lines[:, int(0.6 * width) : int(0.9 * width)] = white  # the scale bar
    return result
