"""An image under a condition: float counts, corrupted, clipped and rounded as they were stored.

The random numbers of an image depend on its id, the condition and a seed alone, not on the level,
the machine or the order of the images. NumPy's `RandomState` is used as its stream never changes.
"""

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.conditions import camera, levels, optics, overlays, sampling, tone
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.threads import in_threads

SEED = 0  # of the published test split
EIGHT_BITS, SIXTEEN_BITS = 255, 65535
# Means of a few counts often end in exactly .5. A sum in another order, as another processor has
# it, differs by 1e-12 and could be rounded the other way. So what is this little below a half
# counts as a half.
NUDGE = 2.0**-20

Random = np.random.RandomState
_Function = Callable[[NDArray[np.float64], float, Random, "_Range"], NDArray[np.float64]]


class _Range:
    """The gray values of an image.

    A data set gives images of 8 bits as uint16, too, so the counts tell the depth: where none is
    above 255 it is 8 bits. Of 16 bits cameras use a part, so the image's own ends are its range.
    """

    def __init__(self, image: NDArray[np.integer]) -> None:
        smallest, largest = int(image.min()), int(image.max())
        is_small = largest <= EIGHT_BITS
        self.most = EIGHT_BITS if is_small else SIXTEEN_BITS
        self.black = 0 if is_small else smallest
        self.white = EIGHT_BITS if is_small else largest


_FUNCTIONS: Mapping[str, _Function] = {
    "defocus": lambda x, um, _, __: optics.defocused(x, um),
    "dose": lambda x, electrons, random, _: camera.dosed(x, electrons, random),
    "pixel_size_too_large": lambda x, percent, _, __: sampling.magnified(x, 1 + percent / 100),
    "pixel_size_too_small": lambda x, percent, _, __: sampling.magnified(x, 1 - percent / 100),
    levels.INVERSION: lambda x, _, __, of: tone.inverted(x, of.black, of.white),
    "stain": lambda x, deviation, random, _: tone.with_field(x, deviation, random),
    "gamma": lambda x, exponent, _, of: tone.with_gamma(x, exponent, of.white),
    "drift": lambda x, nm, random, _: optics.drifted(x, nm, _angle(random)),
    "jpeg": lambda x, quality, _, of: camera.as_jpeg(x, int(quality), of.white),
    "off_centre": lambda x, nm, random, _: _off_centre(x, nm, _angle(random)),
    "debris": lambda x, blobs, random, _: overlays.with_debris(x, int(blobs), random),
    "hot_pixels": lambda x, n, random, of: camera.with_hot_pixels(x, n, of.most, random),
    "info_strip": lambda x, nm, random, of: overlays.with_info_strip(x, int(nm), of.white, random),
}


def corrupted(
    image: NDArray[np.integer], id: str, condition: str, level: int, seed: int = SEED
) -> NDArray[Any]:
    """Return an image under a condition.

    Args:
      image: (height, width) or (height, width, 1), uint8 or uint16 counts at 1 nm per pixel.
      id: of the example, `split/Class/name`; condition: of `levels.CONDITIONS`, or "clean".
      level: 0 is the image itself; seed: another one gives other random numbers.

    Returns:
      A new array of the same shape and dtype.

    Raises:
      DatasetError: no such condition or level, or an array that is no image.
    """
    _check(image, condition, level)
    if level == 0:
        return image.copy()
    of = _Range(image)
    counts = image.reshape(image.shape[:2]).astype(np.float64)
    amount = levels.condition(condition).amount(level)
    values = _FUNCTIONS[condition](counts, amount, random_of(id, condition, seed), of)
    rounded = np.clip(np.floor(values + 0.5 + NUDGE), 0, of.most)
    return rounded.astype(image.dtype).reshape(image.shape)


def all_corrupted(
    images: NDArray[np.integer], ids: Iterable[str], cell: levels.Cell, seed: int = SEED
) -> NDArray[Any]:
    """Return images (n, height, width, 1) or (n, height, width) under the condition of a cell.

    Raises what `corrupted` raises.
    """
    pairs = zip(images, ids, strict=True)
    return np.stack(
        list(
            in_threads(
                lambda pair: corrupted(pair[0], str(pair[1]), cell.condition, cell.level, seed),
                pairs,
            )
        )
    )


def random_of(id: str, condition: str, seed: int) -> Random:
    """Return the random numbers of an example under a condition."""
    digest = hashlib.sha256(f"{seed}\t{condition}\t{id}".encode()).digest()
    return Random(np.frombuffer(digest, "<u4").astype(np.uint32))


def _angle(random: Random) -> float:
    return 2 * math.pi * float(random.random_sample())


def _off_centre(counts: NDArray[np.float64], nm: float, angle: float) -> NDArray[np.float64]:
    return sampling.shifted(counts, round(nm * math.cos(angle)), round(nm * math.sin(angle)))


def _check(image: NDArray[Any], condition: str, level: int) -> None:
    most = 0 if condition == levels.CLEAN else len(levels.condition(condition).amounts)
    if level not in range(most + 1):
        raise DatasetError(
            f"{condition}: level {level}; expected a whole number from 0 to {most}. Name one."
        )
    is_image = image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 1)
    if not is_image or not image.size or image.dtype not in (np.uint8, np.uint16):
        raise DatasetError(
            f"an array of {image.dtype} {image.shape}; expected an image (height, width) or "
            "(height, width, 1) of uint8 or uint16. Give raw counts, not standardized ones."
        )
