"""PNG, JPEG and BMP; their resolution is meant for printers, so it is no pixel size."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from tem_virus_dataset.formats import image_file
from tem_virus_dataset.formats.pictures.picture import Picture

REMEDY = "Save it as gray TIFF of 8 or 16 bits, in which 0 is black, or leave the file out."


def width(path: Path) -> int:
    """Return the width of an image in pixels, from its header; 0 where it is damaged."""
    try:
        with Image.open(path) as image:
            return image.width
    except image_file.UNREADABLE:  # `open_pictures` reports the fault
        return 0


@contextlib.contextmanager
def open_pictures(path: Path) -> Iterator[list[Picture]]:
    """Open a file of one image.

    Raises:
      DatasetError: the file is damaged, or has colours. OSError: it cannot be opened.
    """
    pixels = image_file.gray(path.read_bytes(), str(path), REMEDY)
    yield [Picture("the image", pixels.shape, np.dtype(pixels.dtype), lambda: pixels)]
