"""The conditions and their five levels, from the mildest to the hardest.

The levels come from microscopy, never from scores of a model: they were fixed before any model was
scored. Level 0 of every condition is the image itself, bit by bit.
"""

import dataclasses
import types
from collections.abc import Mapping

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.arguments import did_you_mean

CLEAN = "clean"  # the cell without a condition, at level 0
INVERSION = "inversion"


@dataclasses.dataclass(frozen=True)
class Condition:
    """One condition.

    Attributes:
      name: in files and tables; unit: of its amounts; amounts: of levels 1, 2 and so on.
      description: one line.
    """

    name: str
    unit: str
    amounts: tuple[float, ...]
    description: str

    @property
    def levels(self) -> range:
        """The levels above 0."""
        return range(1, len(self.amounts) + 1)

    def amount(self, level: int) -> float:
        """Return the amount of a level from 1 on."""
        return self.amounts[level - 1]


@dataclasses.dataclass(frozen=True, order=True)
class Cell:
    """A condition at a level."""

    condition: str
    level: int

    @property
    def name(self) -> str:
        """Name in messages and of files, such as "defocus-3"."""
        return f"{self.condition}-{self.level}"


_ALL = (
    Condition(
        "defocus", "um", (0.5, 1, 2, 4, 8),
        "further defocus at 100 kV, added to the unknown defocus of the recording",
    ),
    Condition("dose", "electrons/pixel", (100, 30, 10, 3, 1), "few electrons a pixel of 1 nm"),
    Condition(
        "pixel_size_too_large", "%", (2, 5, 10, 20, 50),
        "the stated pixel size is too large: particles appear larger than they are",
    ),
    Condition(
        "pixel_size_too_small", "%", (2, 5, 10, 20, 50),
        "the stated pixel size is too small: particles appear smaller than they are",
    ),
    Condition(INVERSION, "", (1,), "black and white are exchanged"),
    Condition(
        "stain", "sd of the log", (0.1, 0.2, 0.4, 0.6, 0.8), "a smooth field of stain or light"
    ),
    Condition("gamma", "exponent", (1.4, 0.7, 2, 0.5, 3), "another curve from counts to gray"),
    Condition("drift", "nm", (1, 2, 4, 6, 10), "the sample moves in one direction"),
    Condition("jpeg", "quality", (90, 70, 50, 30, 10), "the image is stored as JPEG"),
    Condition(
        "off_centre", "nm", (5, 10, 20, 40, 60), "the particle is not in the centre of its patch"
    ),
    Condition("debris", "blobs", (1, 2, 3, 4, 6), "bright blobs of 60 to 150 nm beside the centre"),
    Condition("hot_pixels", "of 256x256", (1, 4, 16, 64, 256), "pixels at the largest count"),
    Condition("info_strip", "nm", (10, 20, 30, 40, 60), "the strip below a micrograph is burnt in"),
)  # fmt: skip

CONDITIONS: Mapping[str, Condition] = types.MappingProxyType({c.name: c for c in _ALL})


def cells() -> list[Cell]:
    """Return all cells, the clean one first, then condition by condition."""
    hard = [Cell(c.name, level) for c in CONDITIONS.values() for level in c.levels]
    return [Cell(CLEAN, 0), *hard]


def condition(name: str) -> Condition:
    """Return a condition by its name.

    Raises:
      DatasetError: there is none.
    """
    if name not in CONDITIONS:
        raise DatasetError(
            f"condition {name!r}: unknown{did_you_mean(name, CONDITIONS)}; expected one of "
            f"{', '.join(CONDITIONS)}. Name one of them."
        )
    return CONDITIONS[name]
