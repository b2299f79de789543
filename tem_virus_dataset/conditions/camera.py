"""What the camera and the file do to an image: dose, hot pixels, JPEG."""

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

PER = 256 * 256  # pixels that a number of hot pixels is of


def dosed(
    counts: NDArray[np.float64], electrons: float, random: np.random.RandomState
) -> NDArray[np.float64]:
    """Return an image as so many electrons a pixel record it, in mean; counts keep their scale.

    Each pixel is a Poisson number. Its expectation is the share of the count in the mean, times the
    dose. The zero level of a stored image is not known, so gray 0 counts as no electron. The noise
    of the original recording stays in the image: this is added to it.

    Args:
      counts: (height, width), not negative; electrons: a pixel, above 0.
    """
    gain = counts.mean() / electrons  # counts an electron
    if not gain:
        return counts
    return random.poisson(counts / gain) * gain


def with_hot_pixels(
    counts: NDArray[np.float64], number: float, largest: float, random: np.random.RandomState
) -> NDArray[np.float64]:
    """Return an image some pixels of which have the largest count.

    Args:
      number: of each 256x256 pixels; largest: count.
    """
    hot = counts.copy()
    wanted = max(1, round(number * counts.size / PER))
    places = (random.random_sample(wanted) * counts.size).astype(np.int64)
    hot.reshape(-1)[places] = largest
    return hot


def as_jpeg(counts: NDArray[np.float64], quality: int, depth: float) -> NDArray[np.float64]:
    """Return an image as it is after it was stored as JPEG.

    Args:
      counts: (height, width), whole numbers from 0 to `depth`.
      quality: of the JPEG, 1 to 100.
      depth: the count that becomes 255, as JPEG holds 8 bits.
    """
    scale = 255 / depth if depth else 1.0
    eight_bits = np.clip(np.floor(counts * scale + 0.5), 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(eight_bits).save(file, "JPEG", quality=int(quality))
    return np.asarray(Image.open(file), np.float64) / scale
