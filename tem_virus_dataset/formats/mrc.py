"""MRC, by the library mrcfile: one image, with its pixel size in the header."""

from pathlib import Path

import mrcfile
from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.pixel_size import PixelSize, stated


def read(path: Path) -> tuple[NDArray, PixelSize | None]:
    """Return the only image of a file, (height, width), and the side of its pixels.

    The rows keep the order of the file; some programs show the last row on top.

    Raises:
      DatasetError: the file is damaged, or holds several images. OSError: it cannot be opened.
    """
    try:
        with mrcfile.open(path) as file:
            values, side = file.data, file.voxel_size
            x, y = float(side.x), float(side.y)
    except ValueError as error:
        raise DatasetError(
            f"{path}: cannot be read as MRC ({error}); expected an intact file. Copy it again."
        ) from error
    if values.ndim == 3 and len(values) == 1:
        values = values[0]
    if values.ndim != 2:
        raise DatasetError(
            f"{path}: found {len(values)} images; expected one. A stack can be a tilt series, a "
            "movie or a volume: save the image that is meant as a file of its own."
        )
    return values, stated(x, y, "Å", "the MRC header", str(path))
