"""What is odd about a micrograph or its results, in words that a user reads as warnings."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.predict.outputs import KEPT
from tem_virus_dataset.predict.particles import Particles

SMALL_FIELD = 100.0  # nm: a narrower image shows hardly one particle
# Chosen on validation: it is said of 2 of its 141 micrographs as they are.
FEWEST_IF_INVERTED = 2  # detections, where there are none in the image as it is
STEP = 4  # of so many rows and columns one is looked at for the number of gray values


def of_contrast(if_inverted: int, is_inverted: bool) -> Iterator[str]:
    """Yield that the contrast seems to be inverted, for a micrograph in which nothing is detected.

    Args:
      if_inverted: number of detections in the image of inverted contrast.
      is_inverted: that image is the one of the file.
    """
    if if_inverted < FEWEST_IF_INVERTED:
        return
    if is_inverted:
        yield (
            f"nothing is detected in it with --invert, but {if_inverted} particles without: its "
            "particles seem to be brighter than the stain. Leave --invert out"
        )
        return
    yield (
        f"nothing is detected in it, but {if_inverted} particles with bright and dark exchanged: "
        "is its contrast inverted, its particles darker than the stain? Look, and give --invert"
    )


def of_result(
    image: NDArray[np.integer], nm_per_pixel: float, particles: Particles, edited: Sequence[str]
) -> Iterator[str]:
    """Yield what a user should know.

    Args:
      image: (height, width), the complete micrograph; nm_per_pixel: of its pixels.
      edited: names by which edited files of its results are kept.
    """
    narrow = min(image.shape) * nm_per_pixel
    if narrow < SMALL_FIELD:
        yield (
            f"its field is {narrow:.3g} nm wide, less than many a virus: is its pixel size of "
            f"{nm_per_pixel:.4g} nm correct"
        )
    sample = image[::STEP, ::STEP]
    if ((sample == sample.min()) | (sample == sample.max())).all():
        yield "it has only two gray values, as a mask has: is it a micrograph"
    if particles.left_out:
        yield (
            f"{particles.left_out} detections beyond the {len(particles)} most confident are "
            "left out: that is the most of a micrograph. Raise --confidence, or cut the micrograph "
            "into parts"
        )
    for name in edited:
        yield KEPT.format(name)
