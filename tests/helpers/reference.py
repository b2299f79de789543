"""Views and patches by other means than the package's: Pillow and numpy."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from PIL import Image


def view(picture: np.ndarray, number: int) -> np.ndarray:
    """Show a picture (height, width, ...) in one of the eight views, as `sampling` numbers them."""
    picture = picture.swapaxes(0, 1) if number & 4 else picture
    picture = picture[::-1] if number & 2 else picture
    return picture[:, ::-1] if number & 1 else picture


def answers_to_views(network: Any) -> np.ndarray:
    """Show four pictures of 64 pixels in each of the eight views: (8, 4, classes) answers."""
    pictures = np.random.default_rng(1).normal(size=(4, 64, 64, 1)).astype(np.float32)
    pictures[:, :20, :9] += 3  # nothing about them is symmetric
    shown = [[view(one, number) for one in pictures] for number in range(8)]
    return np.stack([network.predict(np.stack(each), verbose=0) for each in shown])


def patches(
    image: np.ndarray,
    nm_per_pixel: float,
    particles: Iterable[Sequence[tuple[float, float]]],
) -> Iterator[np.ndarray]:
    """Cut (256, 256) float32 patches out of the whole picture, rescaled by Pillow in mode F."""
    height, width = image.shape
    whole = Image.fromarray(image.astype(np.float32)).resize(
        (round(width * nm_per_pixel), round(height * nm_per_pixel)), Image.Resampling.LANCZOS
    )
    padded = np.pad(np.asarray(whole), 128, mode="symmetric")
    for points in particles:
        for x, y in [np.mean(points, axis=0)] if len(points) == 2 else points:
            top, left = round(y * nm_per_pixel), round(x * nm_per_pixel)
            yield padded[top : top + 256, left : left + 256].clip(0, np.iinfo(image.dtype).max)
