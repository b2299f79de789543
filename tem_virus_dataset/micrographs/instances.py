"""Boxes from instance masks, and instance masks from masks of other kinds."""

import dataclasses

import numpy as np
import scipy

FEWEST = 10  # pixels; a smaller instance is an error of drawing, not a vesicle
TOUCHING = np.ones((3, 3))  # pixels that meet at a corner are of one instance
BINARY = (255, 65535)  # values of the foreground in masks without instances


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
    """Return one box per instance, also for those at the border or in several pieces.

    Args:
      mask: (height, width) whole numbers, 0 is background; any other value is one instance.
    """
    values, dense = np.unique(mask, return_inverse=True)
    dense = dense.reshape(mask.shape) + (0 if 0 in values else 1)
    slices = scipy.ndimage.find_objects(dense)
    sizes = np.bincount(dense.ravel(), minlength=len(slices) + 1)[1:]
    corners = [
        (x.start, y.start, x.stop, y.stop)
        for (y, x), size in zip(slices, sizes, strict=True)
        if size >= FEWEST
    ]
    small = len(slices) - len(corners)
    return Boxes(np.array(corners, np.float64).reshape(-1, 4), small)


def separate_instances(mask: np.ndarray) -> np.ndarray:
    """Return a mask with one label per instance; in a binary mask, per connected component.

    A mask is binary if it holds 0 and one value of `BINARY` alone. Touching instances become one.
    """
    inside = np.unique(mask[mask > 0])
    if inside.size == 1 and inside[0] in BINARY:
        return scipy.ndimage.label(mask, TOUCHING)[0].astype(np.uint16)
    return mask


def from_colours(colours: np.ndarray) -> np.ndarray:
    """Return the instance mask that a coloured image shows.

    Black is background, every other colour one instance. In an image of white on black alone, every
    connected component is an instance. An image of a single colour other than black is an empty
    mask, as plotting programs draw it.

    Args:
      colours: (height, width, 3) uint8.
    """
    coded = colours.astype(np.int64) @ [256**2, 256, 1]
    values, labels = np.unique(coded, return_inverse=True)
    labels = labels.reshape(coded.shape)
    if values[0] != 0:  # no background
        labels = np.zeros_like(labels) if len(values) == 1 else labels + 1
    elif values.tolist() == [0, 256**3 - 1]:
        labels = scipy.ndimage.label(labels, TOUCHING)[0]
    return labels.astype(np.uint16)
