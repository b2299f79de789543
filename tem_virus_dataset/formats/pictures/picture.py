"""One of the images that a file holds, and what the file says of its pixels.

Every reader lists all images of its file in this form; `choose` takes the micrograph among them,
and `pixel_size` one of the statements that belong to it.
"""

import dataclasses
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray


@dataclasses.dataclass(frozen=True)
class Statement:
    """What a file says of the sides of its pixels.

    Attributes:
      x, y: sides of a pixel in this unit; y is x where only one is said.
      unit: as in the file, such as "nm", "µm", "Å", "1/nm" or "".
      source: of the numbers, for messages, such as "ImageJ's unit" or "the MRC header".
    """

    x: float
    y: float
    unit: str
    source: str


@dataclasses.dataclass(frozen=True)
class Picture:
    """One image of a file; its pixels are not read yet.

    Attributes:
      name: of the image in the file, such as "page 2" or "image 1".
      shape: of the pixels without axes of length 1: (height, width), or what else is there.
      dtype: of a pixel as it is stored.
      pixels: reads them, in the order in which they are seen, 0 is black: (height, width) or
        (height, width, channels); valid while the file is open.
      statements: of the pixel size, the most trustworthy first.
      channels: of colour; 1 for a gray image.
      is_reduced: the file marks it as a thumbnail or as a reduced copy.
      is_turned: a tag of orientation, or the axes of an MRC, turn or mirror what is stored.
      not_a_micrograph: why it cannot be one, such as "a diffraction pattern, in 1/nm"; else "".
    """

    name: str
    shape: tuple[int, ...]
    dtype: np.dtype
    pixels: Callable[[], NDArray]
    statements: tuple[Statement, ...] = ()
    channels: int = 1
    is_reduced: bool = False
    not_a_micrograph: str = ""
    is_turned: bool = False
