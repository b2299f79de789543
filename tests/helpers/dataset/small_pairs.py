"""Small pairs of an image and a coloured mask, as `image_mask_pairs` reads them."""

from pathlib import Path

import numpy as np
import small_archive

BLACK, WHITE, RED = (0, 0, 0), (255, 255, 255), (254, 64, 37)
Colour = tuple[int, int, int]
Rectangle = tuple[int, int, int, int, Colour]  # x0, y0, x1, y1 in pixels


def coloured_mask(
    background: Colour, *rectangles: Rectangle, shape: tuple[int, int] = (40, 50)
) -> np.ndarray:
    """Return (height, width, 3) uint8: rectangles of a colour each, over a background."""
    mask = np.zeros((*shape, 3), np.uint8)
    mask[:] = background
    for x0, y0, x1, y1, colour in rectangles:
        mask[y0:y1, x0:x1] = colour
    return mask


THREE_INSTANCES = coloured_mask(
    BLACK, (2, 2, 8, 8, (33, 33, 112)), (8, 2, 14, 8, WHITE), (20, 20, 30, 25, RED)
)


def write(
    folder: Path, name: str = "a_1", suffix: str = "_gt.png", size: tuple[int, int] = (40, 50)
) -> np.ndarray:
    """Write `<name>_image.png` of that size and its mask of three instances; return the image."""
    image = np.random.default_rng(0).integers(0, 255, size, np.uint8)
    small_archive.save(folder / f"{name}_image.png", np.dstack([image] * 3))
    small_archive.save(folder / f"{name}{suffix}", THREE_INSTANCES)
    return image
