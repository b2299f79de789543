"""Micrographs with a box for each particle, and the YOLO label files that hold the boxes."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import text_file
from tem_virus_dataset.micrographs.job import Blob

Box = tuple[float, float, float, float]  # centre x, centre y, width, height
T = TypeVar("T")


@dataclasses.dataclass(frozen=True)
class Boxed:
    """The visible part of one micrograph, at 1 nm per pixel, with its particles' boxes.

    Attributes:
      stem: the micrograph's name, without suffix.
      image: (height, width) uint8, raw counts; no pixel of the black frame.
      boxes: centre x, centre y, width and height of each, in pixels of `image`; may reach past it.
      file: where it was read, for messages.
    """

    stem: str
    image: np.ndarray
    boxes: tuple[Box, ...]
    file: str

    def at_one_nm(self) -> np.ndarray:
        """Return the picture, which has 1 nm per pixel already."""
        return self.image

    def corners(self) -> np.ndarray:
        """Return (n, 4) float64 x0, y0, x1, y1 in pixels, cut off at the picture's border."""
        centre, size = np.hsplit(np.array(self.boxes, np.float64).reshape(-1, 4), 2)
        height, width = self.image.shape
        return np.hstack([centre - size / 2, centre + size / 2]).clip(0, [width, height] * 2)


def yolo(labels: Blob, class_name: str, classes: Sequence[str]) -> list[Box]:
    """Read a YOLO label file, lines of `class x y width height`, all of one class.

    Args:
      classes: names in the order of the file's class index.

    Returns:
      Centre x and y, width and height of each box, as fractions of the picture's.

    Raises:
      DatasetError: a line that cannot be read, or of another class.
    """

    def checked(label: int, box: Box) -> Box:
        x, y, width, height = box
        if not (0 <= x <= 1 and 0 <= y <= 1):
            raise ValueError("centre outside the picture")
        if not (0 < width <= 1 and 0 < height <= 1):
            raise ValueError("no size, or larger than the picture")
        if label != classes.index(class_name):
            raise ValueError(f"{class_name} is class {classes.index(class_name)}")
        return box

    return yolo_lines(labels, checked, "Restore the file.")


def yolo_lines(labels: Blob, read: Callable[[int, Box], T], remedy: str) -> list[T]:
    """Read the lines of a YOLO label file.

    Args:
      read: makes something of a class index and a box of four finite numbers, or raises
        `ValueError` that says what is wrong with them.

    Raises:
      DatasetError: a line that cannot be read, with its number.
    """
    found = []
    for number, line in enumerate(text_file.lines(labels), start=1):
        if not line.strip():
            continue
        try:
            fields = [float(value) for value in line.split()]
            if len(fields) != 5:
                raise ValueError(f"{len(fields)} numbers")
            label, x, y, width, height = fields
            if not np.isfinite(fields).all():
                raise ValueError("not finite")
            if not label.is_integer():
                raise ValueError("the class is no whole number")
            found.append(read(int(label), (x, y, width, height)))
        except ValueError as error:
            raise DatasetError(
                f"{labels.where}, line {number}: {line!r:.80} ({error}); expected "
                f"`class x y width height` in fractions of the picture. {remedy}"
            ) from error
    return found
