"""Images with boxes: the common result of all annotation readers."""

import dataclasses
import math
from pathlib import Path

from PIL import Image

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.image_file import UNREADABLE

Corners = tuple[float, float, float, float]  # x0, y0, x1, y1 in pixels
SLACK = 0.1  # pixels; a box that reaches past the border by less was only rounded


@dataclasses.dataclass(frozen=True)
class Annotated:
    """One image with the boxes drawn on it.

    Attributes:
      path: of the image.
      width, height: in pixels.
      boxes: x0, y0, x1, y1 of each in pixels, inside the image, x0 < x1 and y0 < y1.
      classes: name of the class of each box.
      split: train, validation or test; "" where the images are not divided.
    """

    path: Path
    width: int
    height: int
    boxes: tuple[Corners, ...]
    classes: tuple[str, ...]
    split: str = ""


@dataclasses.dataclass(frozen=True)
class Annotations:
    """Annotated images, and what was left out of them.

    Attributes:
      images: also those without a box.
      classes: every class, in the order of the source, whether or not it has a box.
      cut: boxes that reached past the image and were cut off.
      crowds: regions marked as crowds of particles (COCO), which were left out.
      outlines: outlines of particles (COCO) of which the box alone was taken.
    """

    pictures: tuple[Annotated, ...]
    classes: tuple[str, ...]
    cut: int = 0
    crowds: int = 0
    outlines: int = 0

    @property
    def empty(self) -> int:
        """How many images have no box."""
        return sum(not picture.boxes for picture in self.pictures)

    def __str__(self) -> str:
        number = sum(len(picture.boxes) for picture in self.pictures)
        counted = (
            (self.empty, "images without a box, taken as background"),
            (self.cut, "boxes cut off at the border"),
            (self.crowds, "crowds left out"),
            (self.outlines, "outlines not taken, their boxes were"),
        )
        details = "".join(f"; {count} {what}" for count, what in counted if count)
        return f"{len(self.pictures)} images, {number} boxes{details}"


def clip_box(corners: Corners, width: int, height: int) -> tuple[Corners, bool]:
    """Clip a box to its image.

    Returns:
      The box inside the image, and whether it was clipped.

    Raises:
      ValueError: not finite, of no size, or wholly outside; without the file's name.
    """
    x0, y0, x1, y1 = corners
    if not all(math.isfinite(value) for value in corners):
        raise ValueError("not finite")
    if x1 <= x0 or y1 <= y0:
        raise ValueError("of no size")
    inside = max(x0, 0.0), max(y0, 0.0), min(x1, float(width)), min(y1, float(height))
    if inside[2] <= inside[0] or inside[3] <= inside[1]:
        raise ValueError(f"outside the image of {width}x{height} pixels")
    moved = max(abs(new - old) for new, old in zip(inside, corners, strict=True))
    return inside, moved > SLACK


def size_of(picture: Path) -> tuple[int, int]:
    """Return width and height of an image, without reading its pixels.

    Raises:
      DatasetError: the file is missing, or no image.
    """
    try:
        with Image.open(picture) as image:
            return image.size
    except UNREADABLE as error:
        raise DatasetError(
            f"{picture}: cannot be read as an image ({error}); expected PNG, TIFF or JPEG. "
            "Restore the file, or remove its annotation."
        ) from error
