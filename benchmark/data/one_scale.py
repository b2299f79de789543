"""Patches of several pixel sizes are brought to one: that of the highest magnification.

All patches of a folder have one size in pixels. Those of a lower magnification show more around
their particle; they are enlarged, and their centre is kept, so that every patch shows an equally
large field. Nothing can be added to the patches of the highest magnification.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from benchmark.errors import BenchmarkError
from tem_virus_dataset.formats.pixel_size import AGREE
from tem_virus_dataset.micrographs.rescale import to_one_nm

MOST = 4.0  # times that a patch is enlarged; of one enlarged more, hardly a pixel is left


def finest(nm_per_pixel: Mapping[Path, float]) -> float | None:
    """Return the smallest pixel size; None where none is known.

    Raises:
      BenchmarkError: another one is more than `MOST` times as large.
    """
    if not nm_per_pixel:
        return None
    fine, coarse = (at(nm_per_pixel, key=lambda f: nm_per_pixel[f]) for at in (min, max))
    low, high = nm_per_pixel[fine], nm_per_pixel[coarse]
    if high > MOST * low:
        raise BenchmarkError(
            f"{coarse}: {high:.4g} nm per pixel, and {fine} has {low:.4g}; expected sizes within a "
            f"factor of {MOST:g}: every patch must show the same field. Crop them from the "
            "micrographs at one scale."
        )
    return low


def rescaled(image: np.ndarray, nm_per_pixel: float | None, target: float | None) -> np.ndarray:
    """Return the centre of a square patch at the target's pixel size, of its shape and dtype.

    Args:
      image: (side, side) uint8 or uint16; nm_per_pixel: at least `target`; None for both where no
        size is known. Differences of less than 2 % are no other magnification.
    """
    if nm_per_pixel is None or target is None or nm_per_pixel <= (1 + AGREE) * target:
        return image
    enlarged = to_one_nm(image, nm_per_pixel / target)
    first = (len(enlarged) - len(image)) // 2
    return enlarged[first : first + len(image), first : first + len(image)]


def notice(nm_per_pixel: Mapping[Path, float]) -> str:
    """Return how patches are brought to one scale, in words; "" where they have one."""
    target = finest(nm_per_pixel)
    if target is None or max(nm_per_pixel.values()) <= (1 + AGREE) * target:
        return ""
    count = sum(size > (1 + AGREE) * target for size in nm_per_pixel.values())
    return f"; {count} patches are enlarged to {target:.4g} nm, and their centre is used"
