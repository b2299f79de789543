"""One gray image from the bytes of a TIFF, PNG or JPEG file; and encoding as PNG of 16 bits."""

import io
import struct

import numpy as np
from PIL import Image

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import reader_error
from tem_virus_dataset.formats.pictures import jpeg_scan, png_chunks
from tem_virus_dataset.formats.pictures.pillow import FORMATS

DEPTHS = {"L": np.uint8, "I;16": np.uint16, "I;16B": np.uint16, "I;16L": np.uint16}
NUMBERS = ("I", "F")  # whole numbers of other kinds
COLOURS = ("RGB", "RGBA", "LA", "P")  # gray images may be stored in these modes
TINT = 8  # counts by which the channels of a gray image may differ
BITS_PER_SAMPLE, PHOTOMETRIC, WHITE_IS_ZERO = 258, 262, 0  # TIFF 6.0, section 8
PNG_BITS = 24  # place of the bits a channel in a PNG
UNREADABLE = (  # what Pillow raises on damaged files
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    EOFError,
    struct.error,
    Image.DecompressionBombError,
)
PUBLISHED = "Put the published file in its place."
REDUCED, NEW_SUBFILE_TYPE = 1, 254  # a bit of that tag: a preview of another page
CUT = ("truncated", "end of file", "end of image", "broken data stream", "not enough")


def gray(data: bytes, file: str, remedy: str | None = None) -> np.ndarray:
    """Decode a gray image; of several equal channels one is taken.

    Args:
      data: the file's bytes (TIFF, PNG or JPEG); file: its name, for messages.
      remedy: what to do about a fault, where the file is not of a published archive.

    Returns:
      (height, width) uint8 or uint16.

    Raises:
      DatasetError: it is no image, is truncated, has colours or several pages, or counts that
        exceed 16 bits.
    """
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            mode, fault = image.mode, _fault(image, data)
            checks = png_chunks.fault, jpeg_scan.fault
            if damage := next(filter(None, (check(io.BytesIO(data)) for check in checks)), ""):
                raise ValueError(damage)
            pixels = None if fault else _pixels(image)
    except Exception as error:  # Pillow raises almost any kind on damaged files
        reason = reader_error.reason(error)
        cut = not data or any(sign in reason.lower() for sign in CUT)
        published = "Download the archive again, whole." if cut else PUBLISHED
        raise DatasetError(
            f"{file}: cannot be decoded, {len(data)} bytes ({reason}); expected an intact gray "
            f"image. {remedy or published}"
        ) from error
    if pixels is not None:
        return pixels
    raise DatasetError(
        f"{file}: image of mode {mode}{fault}; expected one channel of 8 or 16 bits (mode L or "
        "I;16), or a gray image in three channels of 8 bits. "
        + (remedy or f"{PUBLISHED[:-1]}; if it is published so, tell us.")
    )


def _fault(image: Image.Image, data: bytes) -> str:
    """Return a fault that Pillow would read silently and incorrectly; "" for none."""
    tags = getattr(image, "tag_v2", {})
    if tags.get(PHOTOMETRIC) == WHITE_IS_ZERO:
        return ", in which 0 is white"
    bits = max(tags.get(BITS_PER_SAMPLE, (8,)))
    if data.startswith(png_chunks.SIGNATURE):
        bits = data[PNG_BITS]
    if image.mode in COLOURS and bits > 8:
        return f" with {bits} bits a channel"
    pages = _pages(image)
    return f" in {pages} pages" if pages > 1 else ""


def _pages(image: Image.Image) -> int:
    """Return how many images a file holds, without previews of another."""
    number = getattr(image, "n_frames", 1)
    if number == 1:
        return 1
    previews = 0
    for page in range(number):
        image.seek(page)
        previews += bool(getattr(image, "tag_v2", {}).get(NEW_SUBFILE_TYPE, 0) & REDUCED)
    image.seek(0)
    return number - previews


def _pixels(image: Image.Image) -> np.ndarray | None:
    """Return one channel, or None if the channels differ."""
    if image.mode in DEPTHS:
        return np.asarray(image).astype(DEPTHS[image.mode], copy=False)
    if image.mode in NUMBERS:
        numbers = np.asarray(image)
        with np.errstate(invalid="ignore"):  # nan, which then differs
            counts = numbers.clip(0, np.iinfo(np.uint16).max).astype(np.uint16)
        return counts if np.array_equal(counts, numbers) else None
    if image.mode in COLOURS:
        *colours, alpha = np.moveaxis(np.asarray(image.convert("RGBA")), -1, 0)
        spread = np.max(colours, axis=0).astype(int) - np.min(colours, axis=0)
        return colours[0] if spread.max() <= TINT and np.ptp(alpha) == 0 else None
    return None


def png16(image: np.ndarray) -> bytes:
    """Encode (height, width) integers as 16-bit PNG, at the fast level.

    TFDS's own encoder takes five times as long.
    """
    buffer = io.BytesIO()
    Image.fromarray(image.astype(np.uint16)).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()
