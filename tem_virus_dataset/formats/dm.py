"""DM3 and DM4, Gatan's files, by the reader of ncempy.

Of the readers that are kept well, this one's licence is MIT; rosettasciio's is the GPL.
"""

import struct
from pathlib import Path

from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.pixel_size import PixelSize, stated

UNREADABLE = (OSError, ValueError, KeyError, IndexError, TypeError, OverflowError, struct.error)


def read(path: Path) -> tuple[NDArray, PixelSize | None]:
    """Return the only picture of a file, (height, width), and the side of its pixels.

    Raises:
      DatasetError: it is damaged, holds several pictures, or is a diffraction pattern.
    """
    from ncempy.io import dm  # takes seconds to import

    try:
        found = dm.dmReader(path, on_memory=False)
    except UNREADABLE as error:
        raise DatasetError(
            f"{path}: cannot be read as DM3 or DM4 ({error}); expected an intact file with a "
            "picture. Copy it again, or save the picture as TIFF."
        ) from error
    values = found["data"]
    if values.ndim != 2:
        what = "x".join(map(str, values.shape))
        raise DatasetError(
            f"{path}: found {what} numbers; expected one picture, not a stack or a spectrum. Save "
            "the picture that is meant as a file of its own."
        )
    (y, x), (_, unit) = found["pixelSize"], found["pixelUnit"]
    return values, stated(float(x), float(y), str(unit), "Gatan's tags", str(path))
