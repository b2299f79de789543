"""PNG, JPEG and BMP, by Pillow; their resolution is meant for printers, so it is no pixel size."""

import contextlib
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.image_file import UNREADABLE
from tem_virus_dataset.formats.pictures import jpeg_scan, pillow, png_chunks
from tem_virus_dataset.formats.pictures.orientation import ORIENTATION, SIDEWAYS, TURNS, upright
from tem_virus_dataset.formats.pictures.picture import Picture
from tem_virus_dataset.formats.pictures.unreadable import (
    SAVE,
    described,
    no_header,
    unreadable,
)
from tem_virus_dataset.micrographs import drawing

REMEDY = "Save it as gray TIFF of 8 or 16 bits, in which 0 is black, or leave the file out."
PNG_HEADER = struct.Struct(">8x4x4sIIBB")  # name of the first chunk, width, height, bits, kind
GRAY_OR_COLOUR = {0: 1, 2: 3, 4: 2, 6: 4}  # channels of a PNG's kinds without a palette
MODES = {"L": 1, "LA": 2, "P": 3, "RGB": 3, "RGBA": 4, "I;16": 1, "I;16B": 1, "I": 1, "F": 1}
TYPES = {"I;16": np.uint16, "I;16B": np.uint16, "I": np.int32, "F": np.float32}
MOST_RATIO, LARGE = 5000, 1 << 24  # pixels a byte of a file, and that are of no concern
CUT = (
    "truncated",
    "broken data stream",
    "unexpected end",
    "premature end",
    "too small",
)  # Pillow's words


@contextlib.contextmanager
def open_pictures(path: Path) -> Iterator[list[Picture]]:
    """Open a file and list its image; several where the file has frames.

    Raises:
      DatasetError: the file is damaged or no image. OSError: it cannot be opened.
    """
    with path.open("rb") as stream, contextlib.ExitStack() as stack:
        head = stream.read(PNG_HEADER.size)
        stream.seek(0)
        kind = "PNG, JPEG or BMP"
        try:
            image = stack.enter_context(pillow.opened(stream))
            kind = image.format or "PNG, JPEG or BMP"
            frames = int(getattr(image, "n_frames", 1))
            number = _orientation(image)
        except Image.DecompressionBombError as error:
            raise _too_large(path) from error
        except UnidentifiedImageError as error:
            raise _unidentified(path, head, error) from error
        except UNREADABLE as error:
            raise _unreadable(path, kind, error) from error
        if image.width * image.height > MOST_RATIO * path.stat().st_size + LARGE:
            raise DatasetError(
                f"{path}: has a header of {image.width}x{image.height} pixels; expected those of a "
                f"micrograph in {path.stat().st_size} bytes. The file is damaged: save the image "
                "again."
            )
        bits, channels = _of_png(head)
        is_deep = bits > 8 and channels > 1
        sides = (image.width, image.height) if number in SIDEWAYS else (image.height, image.width)
        shape = sides if frames == 1 or image.format == "MPO" else (frames, *sides)
        dtype = np.dtype(np.uint16 if is_deep else TYPES.get(image.mode, np.uint8))
        yield [
            Picture(
                name="the image",
                shape=shape,
                dtype=dtype,
                pixels=lambda: upright(_pixels(path, image, is_deep), number),
                channels=channels if is_deep else MODES.get(image.mode, 1),
                not_a_micrograph=_why_none(image, frames if len(shape) > 2 else 1),
                is_turned=number in TURNS,
            )
        ]


def _too_large(path: Path) -> DatasetError:
    return DatasetError(
        f"{path}: has more pixels than PNG, JPEG and BMP are read with here; expected at most "
        f"{pillow.MAX_PIXELS / 1e6:.0f} megapixels. Save the image as gray TIFF of 8 or 16 bits, "
        "or in parts; if it has fewer, the file is damaged."
    )


def _orientation(image: Image.Image) -> int:
    if image.format == "PNG" and "exif" not in image.info:
        return 1  # Pillow would decode the image to search for EXIF behind it
    return int(image.getexif().get(ORIENTATION, 1))


def _why_none(image: Image.Image, frames: int) -> str:
    if frames > 1:
        return f"a series of {frames} images"
    if drawing.is_drawn(image):
        return "an overlay or a figure that tem-virus drew"
    if image.mode == "1":
        return "a mask of two values"
    return "" if image.mode in MODES else f"colours of mode {image.mode}"


def _of_png(head: bytes) -> tuple[int, int]:
    """Return bits and number of channels of a PNG without a palette; 0, 0 for other files."""
    if not head.startswith(png_chunks.SIGNATURE) or len(head) < PNG_HEADER.size:
        return 0, 0
    chunk, _, _, bits, kind = PNG_HEADER.unpack(head)
    return (bits, GRAY_OR_COLOUR.get(kind, 0)) if chunk == b"IHDR" else (0, 0)


def _pixels(path: Path, image: Image.Image, is_deep: bool) -> NDArray:
    """Return (height, width) or (height, width, channels).

    Pillow reduces colours of 16 bits to 8, so these are read by imagecodecs.
    """
    _check_intact(path)
    try:
        if is_deep:
            import imagecodecs

            return imagecodecs.png_decode(path.read_bytes())
        colours = {"P": "RGBA", "LA": "RGBA"}.get(image.mode)
        values = np.asarray(image.convert(colours) if colours else image)
        return values.astype(values.dtype.newbyteorder("="), copy=False)
    except Exception as error:  # of Pillow's and imagecodecs' many kinds
        raise _unreadable(path, image.format or "image", error) from error


def _check_intact(path: Path) -> None:
    for kind, damage in (("PNG", png_chunks.fault), ("JPEG", jpeg_scan.fault)):
        with path.open("rb") as stream:
            fault = damage(stream)
        if fault:
            raise DatasetError(
                f"{path}: damaged: {fault}; expected an intact {kind} file. Its copy may have been "
                "interrupted: copy it again."
            )


def _unidentified(path: Path, head: bytes, error: Exception) -> DatasetError:
    if head.startswith(jpeg_scan.SIGNATURE):
        return DatasetError(
            f"{path}: a JPEG of a kind that is not read, such as of 12 bits or without loss, or a "
            f"damaged one; expected a gray JPEG of 8 bits. {SAVE}"
        )
    if head.startswith(png_chunks.SIGNATURE):
        return _unreadable(path, "PNG", error)
    return no_header(path, "PNG, JPEG or BMP")


def _unreadable(path: Path, kind: str, error: Exception) -> DatasetError:
    text = described(error)
    if any(word in text.lower() for word in CUT):
        return DatasetError(
            f"{path}: cut off ({text}); expected an intact {kind} file. Copy it again."
        )
    return unreadable(path, kind, error)
