"""DM3 and DM4, the files of Gatan's DigitalMicrograph, by the reader of ncempy.

Why ncempy: it is maintained and its licence is MIT; that of rosettasciio is the GPL.
"""

import struct
from pathlib import Path

from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.pixel_size import PixelSize, stated

UNREADABLE = (OSError, ValueError, KeyError, IndexError, TypeError, OverflowError, struct.error)


def read(path: Path) -> tuple[NDArray, PixelSize | None]:
    """Return the only image of a file, (height, width), and the side of its pixels.

    Raises:
      DatasetError: the file is damaged, holds several images, or is a diffraction pattern.
    """
    from ncempy.io import dm  # takes seconds to import

    try:
        content = dm.dmReader(path, on_memory=False)
    except UNREADABLE as error:
        raise DatasetError(
            f"{path}: cannot be read as DM3 or DM4 ({error}); expected an intact file with a "
            "image. Copy it again, or save the image as TIFF."
        ) from error
    values = content["data"]
    if values.ndim != 2:
        shape = "x".join(map(str, values.shape))
        raise DatasetError(
            f"{path}: found {shape} numbers; expected one image, not a stack or a spectrum. Save "
            "the image that is meant as a file of its own."
        )
    (y, x), (_, unit) = content["pixelSize"], content["pixelUnit"]
    return values, stated(float(x), float(y), str(unit), "Gatan's tags", str(path))
