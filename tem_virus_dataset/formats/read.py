"""Read a micrograph from a file, whatever microscope or program wrote it.

A new format is one module with a function `open_pictures(path)` in `instruments`, and entries in
`UNPACKED`, `NAMES` and, where its first bytes tell it, `STARTS`. The rules that follow are the same
for all: which image of the file is the micrograph (`choose`), which of its pixel sizes holds
(`pixel_size`), how its values become counts.
"""

import contextlib
import dataclasses
import errno
import math
import re
import types
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats import (
    channels,
    choose,
    compressed,
    pixel_size,
    plain,
    refused,
    sidecar,
    tiff,
)
from tem_virus_dataset.formats.instruments import dm, emd, mrc, ser
from tem_virus_dataset.formats.pictures import blank_rows
from tem_virus_dataset.formats.pictures.picture import Picture
from tem_virus_dataset.formats.pictures.unreadable import unreadable
from tem_virus_dataset.formats.pixel_size import PixelSize
from tem_virus_dataset.formats.sixteen_bits import to_16_bits

REMEDY = plain.REMEDY

Opener = Callable[[Path], AbstractContextManager[list[Picture]]]

UNPACKED: types.MappingProxyType[str, Opener] = types.MappingProxyType(
    {
        ".tif": tiff.open_pictures, ".tiff": tiff.open_pictures,
        ".png": plain.open_pictures, ".jpg": plain.open_pictures, ".jpeg": plain.open_pictures,
        ".bmp": plain.open_pictures,
        ".mrc": mrc.open_pictures, ".mrcs": mrc.open_pictures, ".map": mrc.open_pictures,
        ".rec": mrc.open_pictures, ".st": mrc.open_pictures, ".ali": mrc.open_pictures,
        ".dm3": dm.open_pictures, ".dm4": dm.open_pictures,
        ".ser": ser.open_pictures, ".emd": emd.open_pictures,
    }
)  # fmt: skip
NAMES = "TIFF, PNG, JPEG, BMP, MRC, DM3, DM4, SER, EMD"  # of `UNPACKED`, for people
PACKED = {kind + packed: UNPACKED[kind] for kind in UNPACKED for packed in compressed.OPENERS}
READERS: types.MappingProxyType[str, Opener] = types.MappingProxyType({**UNPACKED, **PACKED})
EXPECTED = f"{', '.join(UNPACKED)}, also packed ({', '.join(compressed.OPENERS)})"
NAMED_ONLY: types.MappingProxyType[str, Opener] = types.MappingProxyType(
    {".emi": ser.open_pictures}  # they lead to a .ser
)
# What the first bytes say goes before the suffix: a PNG called .tif is read as a PNG.
STARTS: tuple[tuple[bytes, str, Opener], ...] = (
    (b"\x89PNG\r\n\x1a\n", "a PNG file", plain.open_pictures),
    (b"\xff\xd8\xff", "a JPEG file", plain.open_pictures),
    (b"II*\0", "a TIFF file", tiff.open_pictures),
    (b"MM\0*", "a TIFF file", tiff.open_pictures),
    (b"II+\0", "a TIFF file", tiff.open_pictures),
    (b"MM\0+", "a TIFF file", tiff.open_pictures),
    (b"\0\0\0\3", "a DM3 file", dm.open_pictures),
    (b"\0\0\0\4", "a DM4 file", dm.open_pictures),
    (b"II\x97\1", "a SER file", ser.open_pictures),
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file", emd.open_pictures),
)
# Two letters are no mark: the reserved bytes, and the length of the second header, belong to it.
BMP = re.compile(rb"BM....\0\0\0\0...\0[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", re.DOTALL)
TURNED = (
    "it is stored turned or mirrored, as its header says: positions are those of the upright "
    "image. ImageJ and other programs that ignore the header show it as it is stored. To have both "
    "alike, save it upright, and predict that file"
)
MRC_WORD = slice(208, 211), b"MAP"  # bytes of its header


@dataclasses.dataclass(frozen=True)
class Micrograph:
    """An image as its file has it.

    Attributes:
      image: (height, width) uint8 or uint16 counts; pixel_size: None where the file states none.
      remarks: what a user should know of the file, such as a value that is no pixel size.
      size_remarks: those on the pixel size, for `pixel_size.chosen`.
    """

    image: NDArray[np.uint8] | NDArray[np.uint16]
    pixel_size: PixelSize | None
    remarks: tuple[str, ...] = ()
    size_remarks: tuple[str, ...] = ()


def read(path: Path) -> Micrograph:
    """Read a file by the reader for its content, or for its suffix.

    Raises:
      DatasetError: unknown suffix, a damaged file, several images, or no image at all.
      OSError: the file cannot be opened.
    """
    with _chosen(path) as (picture, remarks):
        size, size_remarks = _size(path, picture)
        values = channels.to_gray(picture.pixels(), str(path))
        image = to_16_bits(values, str(path))
        blank = blank_rows.remark(path, values)
        turned = TURNED if picture.is_turned else ""
    return Micrograph(image, size, (*remarks, *filter(None, [turned, blank])), size_remarks)


def shape(path: Path) -> tuple[int, ...]:
    """Return (height, width) of the micrograph of a file, without its pixels where that can be.

    Raises:
      DatasetError, OSError: see `read`.
    """
    with _chosen(path) as (picture, _):
        return picture.shape


def decoded(path: Path) -> tuple[tuple[int, ...], int]:
    """Return (height, width) of the micrograph of a file, and the bytes that its pixels take.

    Raises:
      DatasetError, OSError: see `read`.
    """
    with _chosen(path) as (picture, _):
        return picture.shape, math.prod(picture.shape) * picture.dtype.itemsize * picture.channels


def stated_size(path: Path) -> tuple[PixelSize | None, tuple[str, ...]]:
    """Return the pixel size that a file or a text beside it states, and remarks on it.

    Raises:
      DatasetError, OSError: see `read`.
    """
    with _chosen(path) as (picture, _):
        return _size(path, picture)


def _size(path: Path, picture: Picture) -> tuple[PixelSize | None, tuple[str, ...]]:
    beside = sidecar.statements(path, picture.shape)
    size, remarks = pixel_size.found((*picture.statements, *beside))
    unread = sidecar.unreadable(path) if size is None else []
    return size, (*remarks, *unread)


@contextlib.contextmanager
def _chosen(path: Path) -> Iterator[tuple[Picture, list[str]]]:
    """Open a file; yield its micrograph, and remarks on the file."""
    by_suffix = _by_suffix(path)
    try:
        with _unpacked(path) as file:
            opener, remarks = _by_content(file, by_suffix)
            with opener(file) as pictures:
                picture, left_out = choose.micrograph(pictures, path)
                yield picture, [*remarks, *left_out]
    except OSError as error:
        if error.filename is not None:
            raise
        if error.errno in (None, errno.EINVAL):  # a damaged header leads to no place in the file
            raise unreadable(path, path.suffix, error) from error
        raise OSError(error.errno, error.strerror, str(path)) from error


def _by_suffix(path: Path) -> Opener | None:
    """Return the reader of a suffix; None where there is none, so that the content decides.

    Kinds that begin as TIFF or HDF5 do, and are none that is read, are known by their suffix alone.
    """
    suffix = compressed.kind(path)
    if suffix in refused.CONTAINERS and (known := refused.by_suffix(path)):
        raise known
    return READERS.get(suffix) or NAMED_ONLY.get(suffix)


def _by_content(path: Path, opener: Opener | None) -> tuple[Opener, list[str]]:
    """Return the reader for what a file's first bytes say, and a remark if its suffix differs."""
    named = f"the suffix {path.suffix}" if path.suffix else "no suffix"
    if not path.stat().st_size:
        raise DatasetError(f"{path}: an empty file; expected an image. Copy it again.")
    if fault := refused.by_content(path):
        raise fault
    with path.open("rb") as file:
        start = file.read(MRC_WORD[0].stop)
    for mark, kind, by_content in STARTS:
        if start.startswith(mark):
            is_other = by_content is not opener
            return by_content, [f"{kind} with {named}"] if is_other else []
    if start[MRC_WORD[0]] == MRC_WORD[1] and opener is not mrc.open_pictures:
        return mrc.open_pictures, [f"an MRC file with {named}"]
    if BMP.match(start):
        is_other = opener is not plain.open_pictures
        return plain.open_pictures, [f"a BMP file with {named}"] if is_other else []
    if opener is None:
        raise refused.by_suffix(path) or DatasetError(
            f"{path}: of a kind that is not read; expected {EXPECTED}. {REMEDY}"
        )
    if fault := refused.empty_or_text(path):
        raise fault
    return opener, []


def _unpacked(path: Path) -> AbstractContextManager[Path]:
    if path.suffix.lower() in compressed.OPENERS:
        if fault := refused.by_content(path):
            raise fault
        return compressed.unpacked(path)
    return contextlib.nullcontext(path)
