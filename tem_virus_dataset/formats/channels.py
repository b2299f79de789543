"""Gray images that are stored in several channels: one of them is taken."""

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError

TINT = 8 / 255  # share of the range by which the channels of a gray image may differ
REMEDY = "Save it again as gray TIFF of 8 or 16 bits."
WITH_ALPHA = (2, 4)  # channels, the last of which is the opacity


def to_gray(pixels: NDArray, file: str) -> NDArray:
    """Return (height, width) of an image (height, width) or (height, width, channels).

    Raises:
      DatasetError: the channels differ, as those of a coloured image, or parts are transparent.
    """
    if pixels.ndim == 2:
        return pixels
    if pixels.shape[-1] in WITH_ALPHA:
        if np.ptp(pixels[..., -1]) > 0:
            raise DatasetError(
                f"{file}: its last channel varies, as where parts are transparent or a second "
                f"detector is recorded; expected one gray image. {REMEDY}"
            )
        pixels = pixels[..., :-1]
    first = pixels[..., 0]
    largest = float(np.iinfo(pixels.dtype).max) if pixels.dtype.kind in "iu" else 1.0
    for channel in range(1, pixels.shape[-1]):
        other = pixels[..., channel]
        spread = np.maximum(first, other) - np.minimum(first, other)
        if float(spread.max()) > TINT * largest:
            raise DatasetError(f"{file}: it has colours; expected a gray image. {REMEDY}")
    return first
