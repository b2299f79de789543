"""More training windows along filaments, cut where the filament lies inside its box.

A box of Ebola or Marburg goes around a whole bent filament of 0.5 to 1 um, and a patch is 256 nm
wide. The patch at the centre of the box therefore shows a small part of the filament, of a loop
often mostly background, and it is the same part in every epoch. The published patches lie along the
centre line instead, which the boxes have lost. Windows at random points of the filament come
closer to them, and give these small classes more than one view of each particle.

Where the filament is: stain surrounds it, so its region is dark, and its protein gives a fine
texture. The amplitude of fine structure divided by the brightness, both averaged over about 80 nm,
is therefore high on filaments and low on the grainy but bright background. The third of the box
where it is highest is taken for the filament, of it the largest connected part: debris is smaller.
Plain local standard deviation is highest at the rim of the stain and was dropped after looking.
"""

import dataclasses
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from tem_virus_dataset import facts
from tem_virus_dataset.micrographs.patch import cut

GRID = 4  # nm: the blocks that are averaged first, which takes the camera's noise away
TEXTURE, WIDTH = 16, 32  # nm, sigmas: of the fine structure, of half of a filament's width
SHARE = 1 / 3  # of the box's area that is taken for the filament
APART = 64  # nm between the centres of two windows, where the filament has room


@dataclasses.dataclass(frozen=True)
class Window:
    """A window of a micrograph.

    Attributes:
      id: `split/Class/stem#window<box>_<number>`; micrograph: `split/Class/stem`.
      image: (256, 256) of the micrograph's dtype.
    """

    id: str
    micrograph: str
    image: NDArray[np.integer]


@dataclasses.dataclass(frozen=True)
class BoxedScene:
    """A micrograph at 1 nm per pixel with the boxes of its particles.

    Attributes:
      micrograph: `split/Class/stem`; image: (height, width) uint8 or uint16 counts.
      boxes: (n, 4) x, y of the centre, width, height in pixels.
    """

    micrograph: str
    image: NDArray[np.integer]
    boxes: NDArray[np.floating]

    @property
    def class_name(self) -> str:
        """Class of all its particles."""
        return self.micrograph.split("/")[1]


def classes(scenes: Sequence[BoxedScene]) -> tuple[str, ...]:
    """Return the classes of filaments, in alphabetical order.

    Their boxes go around whole particles: the median box is longer than a patch, and most boxes
    differ in length. Round particles of 320 and 350 nm are longer than a patch, too, but have boxes
    of one size around a point; a patch at its centre is what the published patches show.
    """
    lengths: dict[str, list[NDArray[np.floating]]] = {}
    for scene in scenes:
        lengths.setdefault(scene.class_name, []).append(scene.boxes[:, 2:].max(axis=1, initial=0))
    return tuple(name for name in sorted(lengths) if _is_filament(np.concatenate(lengths[name])))


def _is_filament(lengths: NDArray[np.floating]) -> bool:
    if not lengths.size or np.median(lengths) <= facts.PATCH:
        return False
    _, counts = np.unique(lengths.round(), return_counts=True)
    return bool(2 * counts.max() <= len(lengths))


def windows(scenes: Sequence[BoxedScene], per_box: int, seed: int) -> list[Window]:
    """Cut windows at random points of every filament, mirrored past the border as patches are.

    Windows of a box depend on its micrograph, its number and the seed, not on other micrographs.

    Args:
      scenes: those that a model may be trained on; only classes of filaments are used.
      per_box: windows of each box; seed: of their places.
    """
    filaments = classes(scenes)
    found = []
    for scene in scenes:
        if scene.class_name not in filaments:
            continue
        measure = contrast(scene.image)
        for number, box in enumerate(scene.boxes, start=1):
            rng = np.random.default_rng([seed, zlib.crc32(scene.micrograph.encode()), number])
            for count, (x, y) in enumerate(points(measure, box, per_box, rng), start=1):
                name = f"{scene.micrograph}#window{number}_{count}"
                found.append(Window(name, scene.micrograph, cut(scene.image, x, y)))
    return found


def contrast(image: NDArray[np.integer]) -> NDArray[np.float32]:
    """Return the amplitude of fine structure relative to the brightness, one value a block.

    Args:
      image: (height, width) counts, of 1 nm per pixel, of at least `GRID` pixels each way.

    Returns:
      (height // GRID, width // GRID).
    """
    rows, columns = (length // GRID for length in image.shape)
    blocks = image[: rows * GRID, : columns * GRID].reshape(rows, GRID, columns, GRID)
    grain = blocks.mean(axis=(1, 3), dtype=np.float32)
    amplitude = np.abs(grain - ndimage.gaussian_filter(grain, TEXTURE / GRID))
    brightness = ndimage.gaussian_filter(grain, WIDTH / GRID)
    return ndimage.gaussian_filter(amplitude, WIDTH / GRID) / np.maximum(brightness, 1)


def points(
    measure: NDArray[np.float32],
    box: NDArray[np.floating],
    count: int,
    rng: np.random.Generator,
) -> list[tuple[float, float]]:
    """Draw points of the filament inside a box.

    Args:
      measure: of `contrast`; box: x, y of the centre, width, height in pixels of the image.
      count: of the points. Where the filament is too short for them, some are closer than `APART`.

    Returns:
      x, y of each in pixels of the image, middles of blocks.
    """
    middle, size, limit = box[:2], box[2:], np.array(measure.shape[::-1])
    first = np.floor((middle - size / 2) / GRID).clip(0, limit - 1).astype(int)
    last = np.ceil((middle + size / 2) / GRID).clip(first + 1, limit).astype(int)
    inside = measure[first[1] : last[1], first[0] : last[0]]
    parts, _ = ndimage.label(inside >= np.quantile(inside, 1 - SHARE))
    largest = np.bincount(parts[parts > 0]).argmax()
    blocks = np.argwhere(parts == largest)[:, ::-1] + first
    candidates = rng.permutation(blocks * GRID + GRID // 2)
    return [(float(x), float(y)) for x, y in _apart(candidates, count)]


def _apart(candidates: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return the first `count` of (n, 2) that keep their distance; then any, also repeated."""
    chosen: list[int] = []
    free = np.ones(len(candidates), bool)
    while len(chosen) < count and free.any():
        chosen.append(int(free.argmax()))
        free &= np.hypot(*(candidates - candidates[chosen[-1]]).T) >= APART
    others = np.setdiff1d(np.arange(len(candidates)), chosen)
    while len(chosen) < count:
        chosen += (others if len(others) else np.array(chosen))[: count - len(chosen)].tolist()
    return candidates[chosen]
