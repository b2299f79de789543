"""D4 transforms and patches by other means than the package's: Pillow and NumPy."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from PIL import Image


def d4_transform(image: np.ndarray, transform: int) -> np.ndarray:
    """Apply a D4 transform, as `d4_transforms` numbers them, to an image (height, width, ...)."""
    image = image.swapaxes(0, 1) if transform & 4 else image
    image = image[::-1] if transform & 2 else image
    return image[:, ::-1] if transform & 1 else image


def predictions_under_d4(network: Any) -> np.ndarray:
    """Predict four images of 64 pixels under each D4 transform: (8, 4, classes)."""
    images = np.random.default_rng(1).normal(size=(4, 64, 64, 1)).astype(np.float32)
    images[:, :20, :9] += 3  # nothing about them is symmetric
    transformed = [[d4_transform(image, t) for image in images] for t in range(8)]
    return np.stack([network.predict(np.stack(batch), verbose=0) for batch in transformed])


def patches(
    image: np.ndarray,
    nm_per_pixel: float,
    particles: Iterable[Sequence[tuple[float, float]]],
) -> Iterator[np.ndarray]:
    """Cut (256, 256) float32 patches out of the whole image, rescaled by Pillow in mode F."""
    height, width = image.shape
    whole = Image.fromarray(image.astype(np.float32)).resize(
        (round(width * nm_per_pixel), round(height * nm_per_pixel)), Image.Resampling.LANCZOS
    )
    padded = np.pad(np.asarray(whole), 128, mode="symmetric")
    for points in particles:
        for x, y in [np.mean(points, axis=0)] if len(points) == 2 else points:
            top, left = round(y * nm_per_pixel), round(x * nm_per_pixel)
            yield padded[top : top + 256, left : left + 256].clip(0, np.iinfo(image.dtype).max)
