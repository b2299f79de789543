"""The common part of two micrographs: resampled onto the first, and measured."""

import numpy as np

from tem_virus_dataset.audit.pair import Similarity


def resample(
    image: np.ndarray, similarity: Similarity, box: tuple[int, int, int, int], pixel: int
) -> tuple[np.ndarray, np.ndarray]:
    """Resample the second micrograph where it shows a rectangle of the first; bilinear.

    Args:
      image: (height, width) of the second, any real dtype.
      similarity: from the first to the second.
      box: x0, y0, x1, y1 in the first, in nm, end exclusive.
      pixel: nm per pixel of `image` and of the result.

    Returns:
      float32 and bool, both of the box's shape in pixels: the values, and whether they lie inside
      the second (0 where not).
    """
    x0, y0, x1, y1 = box
    middle = pixel / 2  # of a pixel, from its corner
    across, down = np.arange(x0 + middle, x1, pixel), np.arange(y0 + middle, y1, pixel)
    there = similarity(across + 1j * down[:, None]) / pixel - (0.5 + 0.5j)
    height, width = image.shape
    x, y = there.real, there.imag
    inside = (x >= 0) & (x <= width - 1) & (y >= 0) & (y <= height - 1)
    left = np.clip(x.astype(int), 0, width - 2)
    top = np.clip(y.astype(int), 0, height - 2)
    u, v = (x - left).astype(np.float32), (y - top).astype(np.float32)
    upper = image[top, left] * (1 - u) + image[top, left + 1] * u
    lower = image[top + 1, left] * (1 - u) + image[top + 1, left + 1] * u
    return np.where(inside, upper * (1 - v) + lower * v, 0).astype(np.float32), inside


def measure(
    first: np.ndarray, second: np.ndarray, similarity: Similarity, pixel: int
) -> tuple[tuple[int, int, int, int], int, float]:
    """Measure the part that two micrographs share.

    Args:
      first, second: (height, width) textures; pixel: nm per pixel of both.

    Returns:
      The part's bounding box in the first (x0, y0, x1, y1 in nm), its area in nm^2, and the
      textures' correlation over it. All 0 where they share no pixel.
    """
    height, width = first.shape
    resampled, inside = resample(second, similarity, (0, 0, width * pixel, height * pixel), pixel)
    if not inside.any():
        return (0, 0, 0, 0), 0, 0.0
    (columns,), (rows,) = (
        np.nonzero(filled > filled.max() / 2) for filled in map(inside.sum, (0, 1))
    )
    x0, y0, x1, y1 = (int(i) for i in (columns[0], rows[0], columns[-1] + 1, rows[-1] + 1))
    correlation = float(np.corrcoef(first[inside], resampled[inside])[0, 1])
    box = (x0 * pixel, y0 * pixel, x1 * pixel, y1 * pixel)
    return box, int(inside.sum()) * pixel**2, correlation
