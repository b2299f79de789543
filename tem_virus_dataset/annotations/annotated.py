"""Images with boxes: the common result of all annotation readers."""

import collections
import dataclasses
from collections.abc import Mapping
from pathlib import Path

from tem_virus_dataset.annotations import class_names
from tem_virus_dataset.annotations.boxes import CUT, Corners, Remark
from tem_virus_dataset.annotations.folders.faults import counted


@dataclasses.dataclass(frozen=True)
class Annotated:
    """One image with the boxes drawn on it.

    Attributes:
      path: of the image.
      width, height: in pixels, of the upright image.
      boxes: x0, y0, x1, y1 of each in pixels, inside the image, x0 < x1 and y0 < y1.
      classes: name of the class of each box.
      split: train, validation or test; "" where the images are not divided.
      is_labelled: a file speaks of the image, even if it states no box.
    """

    path: Path
    width: int
    height: int
    boxes: tuple[Corners, ...]
    classes: tuple[str, ...]
    split: str = ""
    is_labelled: bool = True


@dataclasses.dataclass(frozen=True)
class Annotations:
    """Annotated images, and what was left out of them.

    Attributes:
      pictures: also those without a box.
      classes: every class, in the order of the source, whether or not it has a box.
      counts: how many boxes were cut, left out, and so on.
      notes: whatever else a user should know, in words.
      sources: the files that the boxes, classes and splits were read from.
    """

    pictures: tuple[Annotated, ...]
    classes: tuple[str, ...]
    counts: Mapping[Remark, int] = dataclasses.field(default_factory=dict)
    notes: tuple[str, ...] = ()
    sources: frozenset[Path] = frozenset()

    @property
    def empty(self) -> int:
        """How many images have no box."""
        return sum(not picture.boxes for picture in self.pictures)

    def __str__(self) -> str:
        number = sum(len(picture.boxes) for picture in self.pictures)
        parts = [f"{counted(len(self.pictures), 'image')}, {counted(number, 'box')}"]
        if self.empty:
            parts.append(self._background())
        parts += [counted(count, *remark) for remark, count in self.counts.items() if count]
        named = (name for picture in self.pictures for name in picture.classes)
        parts += class_names.kept_apart(named)
        if 2 < number < 2 * self.counts.get(CUT, 0):
            parts.append("most boxes reach past the border: check their format")
        return "; ".join([*parts, *self.notes])

    def _background(self) -> str:
        """Say how many images have no box, in which split, and how many have no label file."""
        empty = [picture for picture in self.pictures if not picture.boxes]
        splits = collections.Counter(picture.split for picture in empty)
        details = [f"{split} {count}" for split, count in splits.items() if split]
        missing = sum(not picture.is_labelled for picture in empty)
        text = counted(len(empty), "image", "without a box, taken as background")
        text += f" ({', '.join(details)})" if details else ""
        return f"{text}, {missing} of them without a label file" if missing else text
