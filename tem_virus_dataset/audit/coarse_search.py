"""The coarse search: shifts at which two whole micrographs may show one field.

Why the root of the area: the sum of products of two unrelated textures grows with the square root
of their overlap. Divided by it, all shifts have one spread under chance, and a small overlap wins
no more often than a large overlap. The height of a peak is then counted in standard deviations.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np

PIXEL = 8  # nm
SIDE = 72 // PIXEL  # pixels, the shortest side of an overlap
AREA = 25_000 // PIXEL**2  # pixels, the smallest overlap
NEAR = 4  # pixels; shifts so close to a peak belong to it


@dataclasses.dataclass(frozen=True)
class Spectrum:
    """The spectrum of one micrograph's texture, for correlation with others.

    Attributes:
      shape: (height, width) of the texture.
      values: complex64, transform of the texture padded with zeros.
      padded: (height, width) of the padded texture, the same for all that are compared.
    """

    shape: tuple[int, int]
    values: np.ndarray
    padded: tuple[int, int]


@dataclasses.dataclass(frozen=True)
class Peak:
    """A shift at which two micrographs may show one field.

    Attributes:
      dx, dy: nm; what lies at (x, y) in the first lies at (x + dx, y + dy) in the second.
      height: of the correlation, in standard deviations over all shifts.
    """

    dx: int
    dy: int
    height: float


def spectra(textures: Sequence[np.ndarray]) -> list[Spectrum]:
    """Transform textures, (height, width) float32 at 8 nm per pixel, that are to be compared."""
    longest = (max(texture.shape[axis] for texture in textures) for axis in (0, 1))
    rows, columns = (_fast(2 * length - SIDE) for length in longest)
    return [
        Spectrum((t.shape[0], t.shape[1]), np.fft.rfft2(t, s=(rows, columns)), (rows, columns))
        for t in textures
    ]


def peaks(first: Spectrum, second: Spectrum, count: int) -> list[Peak]:
    """Correlate two micrographs at every shift that leaves enough overlap.

    Returns:
      At most `count` peaks of the correlation, the highest first.
    """
    rows, columns = first.padded
    down, height = _overlaps(first.shape[0], second.shape[0], rows)
    right, width = _overlaps(first.shape[1], second.shape[1], columns)
    area = height[:, None] * width
    allowed = (height >= SIDE)[:, None] & (width >= SIDE) & (area >= AREA)
    sums = np.fft.irfft2(first.values.conj() * second.values, s=first.padded)
    level = np.where(allowed, sums / np.sqrt(np.maximum(area, 1)), 0)
    spread = np.sqrt((level**2).sum() / max(allowed.sum(), 1))
    highest = []
    near = np.arange(-NEAR, NEAR + 1)
    for _ in range(count):
        y, x = np.unravel_index(level.argmax(), level.shape)
        if level[y, x] <= 0:
            break
        peak = Peak(int(right[x]) * PIXEL, int(down[y]) * PIXEL, float(level[y, x] / spread))
        highest.append(peak)
        level[np.ix_((y + near) % rows, (x + near) % columns)] = 0
    return highest


def _overlaps(length: int, other: int, period: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the shifts along one axis in the order of an FFT, and the overlap's length at each."""
    shift = np.arange(period)
    shift = np.where(shift <= other - SIDE, shift, shift - period)
    overlap = np.minimum(length, other - shift) - np.maximum(0, -shift)
    return shift, np.maximum(overlap, 0).astype(np.float32)


def _fast(length: int) -> int:
    """Return the next length without a prime factor above 5, whose FFT is fast."""
    rest = length
    for factor in (2, 3, 5):
        while rest % factor == 0:
            rest //= factor
    return length if rest == 1 else _fast(length + 1)
