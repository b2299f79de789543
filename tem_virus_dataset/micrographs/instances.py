"""Boxes from instance masks, and instance masks from masks of other kinds."""

import dataclasses

import numpy as np
from scipy import ndimage

FEWEST = 10  # pixels; a smaller instance is a slip of the pen, not a vesicle
TOUCHING = np.ones((3, 3))  # pixels that meet at a corner are of one instance
BINARY = (255, 65535)  # what stands for "inside" where instances are not told apart


@dataclasses.dataclass(frozen=True)
class Boxes:
    """The boxes of a mask's instances.

    Attributes:
      corners: (n, 4) float64 x0, y0, x1, y1 in pixels, the latter two exclusive, by rising label.
      small: number of instances of fewer than `FEWEST` pixels, which have no box.
    """

    corners: np.ndarray
    small: int


def boxes(mask: np.ndarray) -> Boxes:
    """Return one box for each instance, also where it touches the border or is in several pieces.

    Args:
      mask: (height, width) whole numbers, 0 is background; any other value is one instance.
    """
    values, dense = np.unique(mask, return_inverse=True)
    dense = dense.reshape(mask.shape) + (0 if 0 in values else 1)
    found = ndimage.find_objects(dense)
    sizes = np.bincount(dense.ravel(), minlength=len(found) + 1)[1:]
    corners = [
        (x.start, y.start, x.stop, y.stop)
        for (y, x), size in zip(found, sizes, strict=True)
        if size >= FEWEST
    ]
    small = len(found) - len(corners)
    return Boxes(np.array(corners, np.float64).reshape(-1, 4), small)


def separate_instances(mask: np.ndarray) -> np.ndarray:
    """Return a mask with a label for each instance: of a binary one, for each connected part.

    A mask is binary where it holds 0 and one of `BINARY` alone. Instances that touch become one.
    """
    inside = np.unique(mask[mask > 0])
    if inside.size == 1 and inside[0] in BINARY:
        return ndimage.label(mask, TOUCHING)[0].astype(np.uint16)
    return mask


def from_colours(colours: np.ndarray) -> np.ndarray:
    """Return the instance mask of a coloured picture of one.

    Black is background, every other colour one instance. Where there is white on black and nothing
    else, every connected part is one. A picture of a single colour that is not black is an empty
    mask as plotting programs draw it.

    Args:
      colours: (height, width, 3) uint8.
    """
    coded = colours.astype(np.int64) @ [256**2, 256, 1]
    values, labels = np.unique(coded, return_inverse=True)
    labels = labels.reshape(coded.shape)
    if values[0] != 0:  # no background
        labels = np.zeros_like(labels) if len(values) == 1 else labels + 1
    elif values.tolist() == [0, 256**3 - 1]:
        labels = ndimage.label(labels, TOUCHING)[0]
    return labels.astype(np.uint16)
