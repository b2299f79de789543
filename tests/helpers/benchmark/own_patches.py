"""Invented patches for a user's own folder."""

from pathlib import Path

import numpy as np
from PIL import Image

CLASSES = ("CCHF", "Nipah virus", "Orf")
RNG = np.random.default_rng(0)
SAVED = [RNG.integers(0, 256, (32, 32), np.uint8) for _ in range(18)]


def save(image: np.ndarray, file: Path) -> Path:
    """Write an image, and the folders above it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(file)
    return file
