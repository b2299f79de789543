"""How much memory an image takes, told from its header: a packed file says nothing of it."""

from pathlib import Path

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats import compressed
from tem_virus_dataset.formats import read as formats

LARGE = 2**25  # bytes of pixels, those of 4096x4096 of 16 bits: larger images are in memory alone
PACKING = 10  # times the size of a packed file, as if that were its pixels' size
COUNT_BYTES = 2  # of a pixel, once it is read


def is_large(path: Path, nm_per_pixel: float | None, detector_nm: float | None) -> bool:
    """Return whether an image takes so much memory that it is predicted with none beside it.

    Args:
      nm_per_pixel: that a user gives, None for that of the file.
      detector_nm: of the pixels that the image is rescaled to, None for no other.
    """
    try:
        if path.suffix.lower() in compressed.OPENERS:  # its header is as far away as its pixels
            return path.stat().st_size * PACKING > LARGE
        shape, stored = formats.decoded(path)
        if nm_per_pixel is None and detector_nm is not None:
            size, _ = formats.stated_size(path)
            nm_per_pixel = size.nm if size else None
    except (DatasetError, OSError, MemoryError):  # what reads it reports why it cannot
        return False
    except Exception:  # libraries raise anything on damaged files
        return False
    pixels = shape[0] * shape[-1]
    factor = nm_per_pixel / detector_nm if nm_per_pixel and detector_nm else 1.0
    return max(stored, COUNT_BYTES * pixels * max(factor, 1.0) ** 2) > LARGE
