"""Read a micrograph from a file: TIFF, PNG, JPEG, MRC, DM3 or DM4.

A new format is one module with a function `read(path)` beside `mrc`, and one entry in `READERS`.
"""

import dataclasses
import types
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats import compressed, image_file, refused, tiff
from tem_virus_dataset.formats.instruments import dm, emd, mrc, ser
from tem_virus_dataset.formats.only_picture import reader
from tem_virus_dataset.formats.pixel_size import PixelSize
from tem_virus_dataset.formats.sixteen_bits import to_16_bits

REMEDY = "Save it as gray TIFF of 8 or 16 bits, in which 0 is black, or leave the file out."


@dataclasses.dataclass(frozen=True)
class Micrograph:
    """An image as its file has it.

    Attributes:
      image: (height, width) uint8 or uint16 counts; pixel_size: None where the file states none.
    """

    image: NDArray[np.uint8] | NDArray[np.uint16]
    pixel_size: PixelSize | None


ValuesAndSize = tuple[NDArray, PixelSize | None]


def _plain(path: Path) -> ValuesAndSize:
    """Read PNG or JPEG; their resolution is meant for printers, so it is no pixel size."""
    return image_file.gray(path.read_bytes(), str(path), REMEDY), None


INSTRUMENTS = types.MappingProxyType(
    {
        ".mrc": mrc, ".mrcs": mrc, ".map": mrc, ".rec": mrc, ".st": mrc, ".ali": mrc,
        ".dm3": dm, ".dm4": dm, ".ser": ser, ".emi": ser, ".emd": emd,
    }
)  # fmt: skip
READERS: types.MappingProxyType[str, Callable[[Path], ValuesAndSize]] = types.MappingProxyType(
    {
        ".tif": tiff.read, ".tiff": tiff.read,
        ".png": _plain, ".jpg": _plain, ".jpeg": _plain,
        **{suffix: reader(module.open_pictures) for suffix, module in INSTRUMENTS.items()},
        ".mrc.gz": reader(mrc.open_pictures), ".mrc.bz2": reader(mrc.open_pictures),
        ".map.gz": reader(mrc.open_pictures), ".map.bz2": reader(mrc.open_pictures),
    }
)  # fmt: skip


def read(path: Path) -> Micrograph:
    """Read a file by the reader for its suffix.

    Raises:
      DatasetError: unknown suffix, a damaged file, several images, or no image at all.
      OSError: the file cannot be opened.
    """
    reader = READERS.get(compressed.kind(path))
    if reader is None and (known := refused.by_suffix(path)):
        raise known
    if reader is None:
        raise DatasetError(
            f"{path}: of a kind that is not read; expected {', '.join(READERS)}. {REMEDY}"
        )
    if not path.stat().st_size:
        raise DatasetError(f"{path}: an empty file; expected an image. Copy it again.")
    if fault := refused.by_content(path):
        raise fault
    values, pixel_size = reader(path)
    return Micrograph(to_16_bits(values, str(path)), pixel_size)
