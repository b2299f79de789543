"""Rescaling a micrograph to 1 nm per pixel: Lanczos-3 in float64 on the micrograph's own grid.

Source: Matuszewski & Sintorn 2021, section 2.2.

Why tiles: a patch needs 256x256 of some 700x500 to 2000x2000 result pixels, so rescaling the whole
micrograph is mostly wasted. But rescaling a cut-out would put its sampling points, and so the
weights, elsewhere than rescaling the whole does, and patches would change with what lies beside
them. So the grid of 1 nm pixels of the whole micrograph is divided into square tiles. A tile is a
pure function of the micrograph and its place: two small matrix products of weights and pixels. A
few windows cost the tiles that they touch and have the very bits of the whole result.
"""

import functools
from collections.abc import Iterable

import numpy as np

TILE = 32  # side in pixels of 1 nm: small, so that little is computed beside a window
LOBES = 3

Window = tuple[np.ndarray, np.ndarray]  # indices of rows and of columns


def to_one_nm(
    image: np.ndarray, nm_per_pixel: float, windows: Iterable[Window] | None = None
) -> np.ndarray:
    """Rescale a micrograph to 1 nm per pixel, clipped to its dtype's range and rounded.

    Args:
      image: (height, width) uint8 or uint16.
      nm_per_pixel: size of its pixels.
      windows: the rows and columns of the result to compute; None for all.

    Returns:
      (round(height * nm_per_pixel), round(width * nm_per_pixel)) of the image's dtype; pixels
      outside the windows may be 0.
    """
    limits = np.iinfo(image.dtype)
    shape = shape_at_one_nm(image.shape, nm_per_pixel)
    result = np.zeros(shape, image.dtype)
    rows = [_weights(image.shape[0], shape[0], at) for at in range(0, shape[0], TILE)]
    columns = [_weights(image.shape[1], shape[1], at) for at in range(0, shape[1], TILE)]
    for i, j in np.argwhere(_touched((len(rows), len(columns)), windows)):
        tile = _tile(image, rows[i], columns[j])
        where = np.s_[i * TILE : (i + 1) * TILE, j * TILE : (j + 1) * TILE]
        result[where] = tile.clip(limits.min, limits.max, out=tile).round(out=tile)
    return result


def shape_at_one_nm(shape: tuple[int, ...], nm_per_pixel: float) -> tuple[int, int]:
    """Return (height, width) in pixels of 1 nm, at least 1 each."""
    return max(1, round(shape[0] * nm_per_pixel)), max(1, round(shape[1] * nm_per_pixel))


def _touched(grid: tuple[int, int], windows: Iterable[Window] | None) -> np.ndarray:
    """Return for each tile of the grid whether a window needs it."""
    if windows is None:
        return np.ones(grid, bool)
    touched = np.zeros(grid, bool)
    for rows, columns in windows:
        touched[np.ix_(np.unique(rows // TILE), np.unique(columns // TILE))] = True
    return touched


def _tile(
    image: np.ndarray, rows: tuple[int, np.ndarray], columns: tuple[int, np.ndarray]
) -> np.ndarray:
    """Return one tile in float64, before clipping and rounding."""
    (top, vertical), (left, horizontal) = rows, columns
    part = image[top : top + vertical.shape[1], left : left + horizontal.shape[1]]
    return vertical @ part.astype(np.float64) @ horizontal.T


@functools.lru_cache(maxsize=1024)  # some 20 MB; images of one size share weights
def _weights(length: int, new_length: int, at: int) -> tuple[int, np.ndarray]:
    """Return the weights of one axis for the tile that begins at pixel `at` of the new grid.

    Returns:
      The first pixel of the old grid that is used, and (pixels of the tile, old pixels) float64
      whose rows sum to 1; the kernel is as wide as needed to smooth where pixels grow, and is cut
      off at the border, as in Pillow.
    """
    scale = length / new_length
    reach = LOBES * max(scale, 1)
    centres = (np.arange(at, min(at + TILE, new_length)) + 0.5) * scale
    first = max(0, int(np.floor(centres[0] - reach)))
    last = min(length, int(np.ceil(centres[-1] + reach)))
    x = (np.arange(first, last) + 0.5 - centres[:, None]) / max(scale, 1)
    weights = np.where(np.abs(x) < LOBES, np.sinc(x) * np.sinc(x / LOBES), 0)
    return first, weights / weights.sum(axis=1, keepdims=True)
