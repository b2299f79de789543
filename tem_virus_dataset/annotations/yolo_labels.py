"""The lines of a YOLO label file: `class x y width height`, in fractions of the image."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.micrographs.boxed_micrograph import Box

Parsed = TypeVar("Parsed")


def read(labels: Blob, class_name: str, classes: Sequence[str]) -> list[Box]:
    """Read a YOLO label file of which all boxes are of one class.

    Args:
      classes: names in the order of the file's class index.

    Returns:
      Centre x and y, width and height of each box, as fractions of the image's.

    Raises:
      DatasetError: a line that cannot be read, or of another class.
    """

    def check(label: int, box: Box) -> Box:
        x, y, width, height = box
        if not (0 <= x <= 1 and 0 <= y <= 1):
            raise ValueError("centre outside the image")
        if not (0 < width <= 1 and 0 < height <= 1):
            raise ValueError("no size, or larger than the image")
        if label != classes.index(class_name):
            raise ValueError(f"{class_name} is class {classes.index(class_name)}")
        return box

    return read_lines(labels, check, "Restore the file.")


def read_lines(labels: Blob, parse: Callable[[int, Box], Parsed], remedy: str) -> list[Parsed]:
    """Read the lines of a YOLO label file.

    Args:
      parse: turns a class index and a box of four finite numbers into an item of the result, or
        raises `ValueError` with the fault.
      remedy: what the user is to do about a fault, for the message.

    Raises:
      DatasetError: a line that cannot be read, with its number.
    """
    parsed = []
    for number, line in enumerate(labels.lines(), start=1):
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
            parsed.append(parse(int(label), (x, y, width, height)))
        except ValueError as error:
            raise DatasetError(
                f"{labels.where}, line {number}: {line!r:.80} ({error}); expected "
                f"`class x y width height` in fractions of the image. {remedy}"
            ) from error
    return parsed
