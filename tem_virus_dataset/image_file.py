"""One gray picture out of a file's bytes, and into the bytes of a PNG."""

import io
import struct

import numpy as np
from PIL import Image

from tem_virus_dataset.errors import DatasetError

DEPTHS = {"L": np.uint8, "I;16": np.uint16, "I;16B": np.uint16, "I;16L": np.uint16}
UNREADABLE = (  # what Pillow raises on damaged files
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    struct.error,
    Image.DecompressionBombError,
)


def gray(data: bytes, file: str, take_one_channel: bool = False) -> np.ndarray:
    """Decode a single-channel picture.

    Args:
      data: the file's bytes (TIFF, PNG or JPEG); file: its name, for messages.
      take_one_channel: accept RGB of 8 bits, and take its first channel.

    Returns:
      (height, width) uint8 or uint16.

    Raises:
      DatasetError: it is no picture, is cut off, or has colours or another depth.
    """
    try:
        with Image.open(io.BytesIO(data)) as image:
            mode = image.mode
            if take_one_channel and mode == "RGB":
                return np.asarray(image.getchannel(0))
            if mode in DEPTHS:
                return np.asarray(image).astype(DEPTHS[mode], copy=False)
    except UNREADABLE as error:
        raise DatasetError(
            f"{file}: cannot be decoded, {len(data)} bytes ({error}); expected an intact gray "
            "picture. Download the archive again, whole."
        ) from error
    raise DatasetError(
        f"{file}: picture of mode {mode}; expected one channel of 8 or 16 bits (mode L or I;16). "
        "Put the published file in its place."
    )


def png16(image: np.ndarray) -> bytes:
    """Encode (height, width) integers as 16-bit PNG, at the fast level.

    TFDS's own encoder takes five times as long.
    """
    buffer = io.BytesIO()
    Image.fromarray(image.astype(np.uint16)).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
