"""Files that Pillow opens: of which kinds, and how large."""

import contextlib
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from PIL import Image

FORMATS = ("TIFF", "PNG", "JPEG", "BMP")  # Pillow would try others, by other programs, too
MAX_PIXELS = 2**32  # Pillow refuses images of more than 13,000x13,000 pixels as an attack
_LIMIT = threading.Lock()


@contextlib.contextmanager
def opened(file: Path | BinaryIO) -> Iterator[Image.Image]:
    """Open an image of at most `MAX_PIXELS` pixels; only its header is read yet.

    Pillow's limit is one number for the whole process. It is another one only while a header is
    read, so that a program that uses this package keeps its own, and one thread at a time sets it.

    Raises:
      Image.DecompressionBombError: it has more pixels. OSError: it is no image, or is not there.
    """
    with _LIMIT, warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, MAX_PIXELS // 2
        try:
            image = Image.open(file, formats=FORMATS)
        finally:
            Image.MAX_IMAGE_PIXELS = before
    with image:
        yield image
