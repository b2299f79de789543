"""The orientation that cameras write: how an image is stored, and what makes it upright."""

import types
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

ORIENTATION = 274  # the tag, TIFF 6.0, section 8, and EXIF 2.3
SIDEWAYS = (5, 6, 7, 8)  # orientations whose rows are columns when the image is shown

TURNS: types.MappingProxyType[int, Callable[[NDArray], NDArray]] = types.MappingProxyType(
    {
        2: lambda image: image[:, ::-1],
        3: lambda image: image[::-1, ::-1],
        4: lambda image: image[::-1],
        5: lambda image: image.swapaxes(0, 1),
        6: lambda image: image.swapaxes(0, 1)[:, ::-1],
        7: lambda image: image.swapaxes(0, 1)[::-1, ::-1],
        8: lambda image: image.swapaxes(0, 1)[::-1],
    }
)  # what makes an image of this orientation upright


def upright(image: NDArray, number: int) -> NDArray:
    """Return an image (height, width, ...) of this orientation, upright; 1 and others are it."""
    return np.ascontiguousarray(TURNS[number](image)) if number in TURNS else image
