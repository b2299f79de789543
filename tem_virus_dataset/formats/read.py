"""Read a micrograph from a file, whatever microscope or program wrote it.

A new format is one module with a function `open_pictures(path)` beside `tiff`, and one entry in
`READERS`. The rules that follow are the same for all: which image of the file is the micrograph
(`choose`), which of its pixel sizes holds (`pixel_size`), how its values become counts.
"""

import contextlib
import dataclasses
import types
from collections.abc import Callable
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
from tem_virus_dataset.formats.pictures.picture import Picture
from tem_virus_dataset.formats.pixel_size import PixelSize
from tem_virus_dataset.formats.sixteen_bits import to_16_bits

REMEDY = plain.REMEDY

Opener = Callable[[Path], AbstractContextManager[list[Picture]]]

READERS: types.MappingProxyType[str, Opener] = types.MappingProxyType(
    {
        ".tif": tiff.open_pictures, ".tiff": tiff.open_pictures,
        ".png": plain.open_pictures, ".jpg": plain.open_pictures, ".jpeg": plain.open_pictures,
        ".bmp": plain.open_pictures,
        ".mrc": mrc.open_pictures, ".mrcs": mrc.open_pictures, ".map": mrc.open_pictures,
        ".rec": mrc.open_pictures, ".st": mrc.open_pictures, ".ali": mrc.open_pictures,
        ".mrc.gz": mrc.open_pictures, ".mrc.bz2": mrc.open_pictures,
        ".map.gz": mrc.open_pictures, ".map.bz2": mrc.open_pictures,
        ".dm3": dm.open_pictures, ".dm4": dm.open_pictures,
        ".ser": ser.open_pictures, ".emd": emd.open_pictures,
    }
)  # fmt: skip
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
)


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
    opener, remarks = _opener(path)
    with _unpacked(path) as file, opener(file) as pictures:
        picture, left_out = choose.micrograph(pictures, path)
        beside = sidecar.statements(path, picture.shape[-1])
        size, size_remarks = pixel_size.found((*picture.statements, *beside))
        values = channels.to_gray(picture.pixels(), str(path))
        image = to_16_bits(values, str(path))
    return Micrograph(image, size, (*remarks, *left_out), tuple(size_remarks))


def stated_size(path: Path) -> tuple[PixelSize | None, tuple[str, ...]]:
    """Return the pixel size that a file or a text beside it states, and remarks on it.

    Pixels are not read. PNG, JPEG and BMP state nothing themselves, and are not opened further.

    Raises:
      DatasetError: see `read`. OSError: the file cannot be opened.
    """
    opener, _ = _opener(path)
    if opener is plain.open_pictures:
        size, remarks = pixel_size.found(sidecar.statements(path, plain.width(path)))
        return size, tuple(remarks)
    with _unpacked(path) as file, opener(file) as pictures:
        picture, _ = choose.micrograph(pictures, path)
        beside = sidecar.statements(path, picture.shape[-1])
        size, remarks = pixel_size.found((*picture.statements, *beside))
    return size, tuple(remarks)


def _opener(path: Path) -> tuple[Opener, list[str]]:
    suffix = compressed.kind(path)
    opener = READERS.get(suffix) or NAMED_ONLY.get(suffix)
    if opener is None and (known := refused.by_suffix(path)):
        raise known
    if opener is None:
        raise DatasetError(
            f"{path}: of a kind that is not read; expected {', '.join(READERS)}. {REMEDY}"
        )
    if not path.stat().st_size:
        raise DatasetError(f"{path}: an empty file; expected an image. Copy it again.")
    if fault := refused.by_content(path):
        raise fault
    with path.open("rb") as file:
        start = file.read(16)
    for mark, kind, by_content in STARTS:
        if start.startswith(mark) and by_content is not opener:
            return by_content, [f"{kind} with the suffix {path.suffix}"]
    return opener, []


def _unpacked(path: Path) -> AbstractContextManager[Path]:
    if path.suffix.lower() in compressed.OPENERS:
        return compressed.unpacked(path)
    return contextlib.nullcontext(path)
