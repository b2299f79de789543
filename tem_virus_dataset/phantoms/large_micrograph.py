"""A large synthetic micrograph, as of a camera: four phantoms side by side, in finer pixels."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tem_virus_dataset import facts
from tem_virus_dataset.phantoms import viruses

FIELD = 512  # nm of each phantom that are shown
COUNTS = 8  # a 12-bit phantom is brought to most of 16 bits
GRAIN = 0.5  # noise of single pixels, in standard deviations of the image


def micrograph(
    number: int,
    image_size: int,
    nm_per_pixel: float,
    classes: Sequence[str] = facts.CLASSES_14,
) -> NDArray[np.uint16]:
    """Return phantoms of four classes, enlarged, with noise in every pixel.

    Args:
      number: of the micrograph, 0 or more; image_size: pixels of a side.
      classes: that are taken in turn, at least one.

    Returns:
      (image_size, image_size) uint16. A field of more than 1024 nm repeats the four.
    """
    shown = [
        viruses.micrograph(
            classes[(number + place) % len(classes)],
            (number + place) % viruses.PER_CLASS,
        ).image[:FIELD, :FIELD]
        for place in range(4)
    ]
    field = np.block([shown[:2], shown[2:]]).astype(np.float32)
    side = max(1, round(image_size * nm_per_pixel))
    repeats = -(-side // len(field))
    field = np.tile(field, (repeats, repeats))[:side, :side]
    size = (image_size, image_size)
    image = np.asarray(Image.fromarray(field).resize(size, Image.Resampling.BICUBIC))
    noise = np.random.default_rng(number).standard_normal(image.shape, np.float32)
    grainy = COUNTS * (image + GRAIN * image.std() * noise)
    return grainy.clip(0, np.iinfo(np.uint16).max).astype(np.uint16)
