"""What the microscope does to an image: defocus, and drift of the sample.

Both are transfer functions: each spatial frequency of the image is multiplied by a factor. Beyond
its border the image is mirrored (... 1 0 | 0 1 ...), as patches of the data set are. The discrete
cosine transform of type II has this mirroring built in, so a factor that depends on the length of
the frequency alone, as that of defocus, needs no padding. Drift has a direction, and does.
"""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft

WAVELENGTH_NM = 3.7e-3  # of electrons of 100 keV
HALF_ANGLE = 1e-4  # rad, of the illumination of a thermionic gun


def transfer(frequency: Any, defocus_um: float) -> NDArray[np.float64]:
    """Return the factor of defocus for spatial frequencies in 1/nm, of their shape.

    Stain absorbs and scatters electrons out of the aperture: an amplitude object, whose contrast
    transfer is a cosine, 1 at frequency 0 (Reimer & Kohl 2008, chapter 6). Its zeros lie where
    `wavelength * defocus * frequency**2` is 1/2, 3/2 and so on. The envelope is that of partial
    spatial coherence. Spherical aberration is left out: below 1 nm alone it matters.
    """
    f = np.asarray(frequency, np.float64)
    defocus = 1000 * defocus_um
    envelope = np.exp(-((math.pi * HALF_ANGLE * defocus * f) ** 2))
    return np.asarray(np.cos(math.pi * WAVELENGTH_NM * defocus * f**2) * envelope)


def defocused(
    counts: NDArray[np.float64], defocus_um: float, nm_per_pixel: float = 1.0
) -> NDArray[np.float64]:
    """Return an image (height, width) with further defocus; its mean stays."""
    rows, columns = (np.arange(n) / (2 * n * nm_per_pixel) for n in counts.shape)
    factor = transfer(np.hypot(rows[:, None], columns), defocus_um)
    spectrum = fft.dctn(counts, norm="ortho")
    return np.asarray(fft.idctn(spectrum * factor, norm="ortho"))


def drifted(
    counts: NDArray[np.float64], length_nm: float, angle: float, nm_per_pixel: float = 1.0
) -> NDArray[np.float64]:
    """Return the mean of an image (height, width) over a motion at constant speed.

    Args:
      length_nm: of the path; angle: in radians, from the x axis towards the y axis.
    """
    length = length_nm / nm_per_pixel
    mirrored = np.pad(counts, [(0, n) for n in counts.shape], mode="symmetric")
    rows, columns = fft.fftfreq(mirrored.shape[0]), fft.rfftfreq(mirrored.shape[1])
    along = columns * math.cos(angle) + rows[:, None] * math.sin(angle)
    spectrum = fft.rfft2(mirrored) * np.sinc(along * length)
    moved = fft.irfft2(spectrum, s=mirrored.shape)
    return np.asarray(moved[: counts.shape[0], : counts.shape[1]])
