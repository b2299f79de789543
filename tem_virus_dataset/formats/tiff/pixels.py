"""The pixels of a TIFF page, as a viewer shows them: upright, and 0 is black."""

import io
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tifffile
from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.pictures import jpeg_scan
from tem_virus_dataset.formats.pictures.orientation import (
    ORIENTATION,
    SIDEWAYS,
    TURNS,
    upright,
)
from tem_virus_dataset.formats.pictures.unreadable import cut_off, unreadable
from tem_virus_dataset.formats.tiff import sample_format

WHITE_IS_ZERO, PALETTE, YCBCR = 0, 3, 6  # photometric interpretation, TIFF 6.0, section 8
PHOTOMETRIC = 262
EIGHT_BITS = 256  # colours of a palette
THREE_BYTES = 24  # bits of a number
UNCOMPRESSED, JPEG = 1, (6, 7)
JPEG_2000 = (33003, 33004, 33005, 34712)
WITH_END_MARK = (*JPEG, 33007, 34892, *JPEG_2000)  # with kinds of JPEG by other numbers
END_MARK, TAIL, PADDING = b"\xff\xd9", 1 << 12, 64  # of both; bytes that are read; zeros behind it
MOST_BYTES = 1 << 32  # of an image in memory
MOST_RATIO, LARGE = 5000, 1 << 26  # no micrograph of so many bytes is compressed so well


def orientation(page: tifffile.TiffPage) -> int:
    """Return the orientation of a page, 1 to 8; 1 is upright, and what is not known."""
    value = page.tags.valueof(ORIENTATION)
    return value if isinstance(value, int) and value in TURNS else 1


def upright_shape(page: tifffile.TiffPage, shape: tuple[int, int]) -> tuple[int, int]:
    """Return height and width of a page as it is shown, from those as it is stored."""
    return (shape[1], shape[0]) if orientation(page) in SIDEWAYS else shape


def read(path: Path, page: tifffile.TiffPage) -> NDArray:
    """Return (height, width) or (height, width, channels).

    Where a page does not say whether 0 is black it is, as for libtiff and ImageJ.

    Raises:
      DatasetError: the page is damaged or cut off.
    """
    try:
        _check_parts(path, page)
        values = page.asarray(squeeze=False, maxworkers=1)
        colours = None if page.colormap is None else np.asarray(page.colormap)
    except (DatasetError, MemoryError):
        raise
    except Exception as error:
        raise unreadable(path, "TIFF", error) from error
    separate, _, height, width, together = values.shape
    values = np.moveaxis(values[:, 0], 0, 2) if separate > 1 else values[0, 0]
    values = values.reshape(height, width, separate * together)
    values = values.astype(values.dtype.newbyteorder("="), copy=False)
    if sample_format.TAG not in page.tags:
        values = sample_format.of_kind(values)
    if page.photometric == PALETTE:
        values = _with_palette(path, values[..., 0], colours)
    elif page.photometric == WHITE_IS_ZERO and PHOTOMETRIC in page.tags:
        values = _black_is_zero(values, int(page.bitspersample))
    values = values[..., 0] if values.shape[2] == 1 else values
    return upright(values, orientation(page))


def _black_is_zero(values: NDArray, bits: int) -> NDArray:
    if values.dtype.kind == "f":
        return -values
    if values.dtype.kind == "u":
        return np.asarray((1 << bits) - 1, values.dtype) - values
    return ~values


def _with_palette(path: Path, indices: NDArray, colours: NDArray | None) -> NDArray:
    """Return (height, width, 3); some programs write palettes of 8 bits in place of 16.

    A palette for more than 8 bits keeps its 16: such an image has more than 256 gray levels.
    """
    if colours is None or colours.ndim != 2 or indices.max(initial=0) >= colours.shape[1]:
        raise DatasetError(
            f"{path}: has a palette that does not fit its pixels; expected an intact TIFF. Save "
            "the image again as gray TIFF."
        )
    if colours.max() > np.iinfo(np.uint8).max and colours.shape[1] > EIGHT_BITS:
        return np.moveaxis(colours.astype(np.uint16)[:, indices], 0, -1)
    of_8_bits = colours if colours.max() <= np.iinfo(np.uint8).max else colours >> 8
    return np.moveaxis(of_8_bits.astype(np.uint8)[:, indices], 0, -1)


def _check_parts(path: Path, page: tifffile.TiffPage) -> None:
    """Refuse a page whose strips or tiles are missing, end behind the file, or in zeros.

    The library takes such parts for black ones.
    """
    if page.bitspersample == THREE_BYTES and np.dtype(page.dtype).kind in "iu":
        raise DatasetError(  # the library takes no notice of their byte order
            f"{path}: has whole numbers of {THREE_BYTES} bits; expected 8, 16 or 32. Save it as "
            "gray TIFF of 8 or 16 bits."
        )
    if page.photometric == YCBCR and int(page.compression) not in JPEG:
        raise DatasetError(
            f"{path}: has colours as YCbCr without JPEG; expected a gray image. Save it as gray "
            "TIFF of 8 or 16 bits."
        )
    size = path.stat().st_size
    row = math.ceil(page.imagewidth * page.bitspersample * page.samplesperpixel / 8)
    whole = row * page.imagelength
    in_memory = math.prod(page.shape) * np.dtype(page.dtype).itemsize
    stored = sum(page.databytecounts)
    if in_memory > MOST_BYTES or (in_memory > LARGE and in_memory > MOST_RATIO * stored):
        raise DatasetError(
            f"{path}: has a header of {page.imagewidth}x{page.imagelength} pixels; expected those "
            f"of a micrograph in {size} bytes. The file is damaged: save the image again."
        )
    parts = list(zip(page.dataoffsets, page.databytecounts, strict=False))
    if int(page.compression) == UNCOMPRESSED and len(parts) == 1 and not page.is_tiled:
        parts = [(parts[0][0], whole)]  # whatever the tag says
    end = max((offset + count for offset, count in parts), default=0)
    if int(page.compression) == UNCOMPRESSED and not page.is_tiled and len(parts) > 1:
        stored = min(whole, stored)
        end = min(end, size) if stored == whole and end - size < row * page.rowsperstrip else end
    if end > size:
        raise cut_off(path, "TIFF", size, end)
    empty = sum(not (offset and count) for offset, count in parts)
    if empty or len(parts) < math.prod(page.chunked):
        raise DatasetError(
            f"{path}: {empty or math.prod(page.chunked) - len(parts)} of {math.prod(page.chunked)} "
            "parts of the image have no data; expected an intact TIFF. Save the image again."
        )
    if int(page.compression) in WITH_END_MARK and (zeros := _end_in_zeros(path, parts)):
        raise DatasetError(
            f"{path}: {zeros} of {len(parts)} parts of the image end in zeros; expected the mark "
            "of their end. The copy was interrupted, or the disk was full. Copy it again."
        )
    if int(page.compression) in WITH_END_MARK and (holes := _with_holes(path, page, parts)):
        raise DatasetError(
            f"{path}: {holes} of {len(parts)} parts of the image have a hole of zeros; expected an "
            "intact TIFF. Its copy may have been interrupted: copy it again."
        )


def _end_in_zeros(path: Path, parts: Sequence[tuple[int, int]]) -> int:
    """Return how many parts end in zeros in place of their mark; these decode to plain gray."""
    found = 0
    with path.open("rb") as file:
        for offset, count in parts:
            read = min(count, TAIL)
            file.seek(offset + count - read)
            data = file.read(read).rstrip(b"\0")
            found += read - len(data) > PADDING and not data.endswith(END_MARK)
    return found


def _with_holes(path: Path, page: tifffile.TiffPage, parts: Sequence[tuple[int, int]]) -> int:
    """Return how many parts have a hole of zeros; those of JPEG share tables.

    In JPEG 2000 a flat area takes a few bytes, so any hole is damage.
    """
    begin = jpeg_scan.SIGNATURE[:2]
    tables = page.jpegtables[: -len(END_MARK)] if page.jpegtables else begin
    found = 0
    with path.open("rb") as file:
        for offset, count in parts:
            file.seek(offset)
            data = file.read(count)
            if int(page.compression) in JPEG_2000:
                found += bytes(jpeg_scan.HOLE) in data.rstrip(b"\0")
            else:
                found += bool(jpeg_scan.fault(io.BytesIO(tables + data[len(begin) :])))
    return found
