"""One micrograph out of a file: TIFF, PNG, JPEG, MRC, DM3 or DM4."""

import dataclasses
import types
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats import dm, image_file, mrc, tiff
from tem_virus_dataset.formats.pixel_size import PixelSize
from tem_virus_dataset.formats.sixteen_bits import to_16_bits

REMEDY = "Save it as gray TIFF of 8 or 16 bits, in which 0 is black, or leave the file out."


@dataclasses.dataclass(frozen=True)
class Micrograph:
    """A picture as its file has it.

    Attributes:
      image: (height, width) uint8 or uint16 counts; pixel_size: None where the file is silent.
    """

    image: NDArray[np.uint8] | NDArray[np.uint16]
    pixel_size: PixelSize | None


Found = tuple[NDArray, PixelSize | None]


def _plain(path: Path) -> Found:
    """Read PNG or JPEG: what they say of resolution is meant for printers."""
    return image_file.gray(path.read_bytes(), str(path), REMEDY), None


READERS: types.MappingProxyType[str, Callable[[Path], Found]] = types.MappingProxyType(
    {
        ".tif": tiff.read, ".tiff": tiff.read,
        ".png": _plain, ".jpg": _plain, ".jpeg": _plain,
        ".mrc": mrc.read, ".dm3": dm.read, ".dm4": dm.read,
    }
)  # fmt: skip


def read(path: Path) -> Micrograph:
    """Read a file of a kind that `READERS` names by its ending.

    Raises:
      DatasetError: of another kind, damaged, several pictures, or no picture at all.
      DatasetError: the same, of pictures that Pillow reads. OSError: it cannot be opened.
    """
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        raise DatasetError(
            f"{path}: of a kind that is not read; expected {', '.join(READERS)}. {REMEDY}"
        )
    if not path.stat().st_size:
        raise DatasetError(f"{path}: an empty file; expected a picture. Copy it again.")
    values, pixel_size = reader(path)
    return Micrograph(to_16_bits(values, str(path)), pixel_size)
