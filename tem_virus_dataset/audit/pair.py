"""A pair: two micrographs of one field, and the similarity transform between them."""

import cmath
import dataclasses
import math
from typing import TypeVar

import numpy as np

from tem_virus_dataset.audit.audited_micrograph import AuditedMicrograph

Point = TypeVar("Point", complex, np.ndarray)


@dataclasses.dataclass(frozen=True)
class Similarity:
    """The transform from points of the first micrograph to the second.

    Attributes:
      factor, offset: z -> factor * z + offset, where z = x + iy in nm from the top left corner.
    """

    factor: complex
    offset: complex

    @property
    def scale(self) -> float:
        """Length in the second of 1 nm in the first."""
        return abs(self.factor)

    @property
    def degrees(self) -> float:
        """Rotation, clockwise in the image."""
        return math.degrees(cmath.phase(self.factor))

    def __call__(self, z: Point) -> Point:
        """Map a point or an array of points."""
        return self.factor * z + self.offset


@dataclasses.dataclass(frozen=True)
class CommonPart:
    """What two micrographs have in common.

    Attributes:
      similarity: from the first to the second.
      box: x0, y0, x1, y1 (nm, end exclusive) of the common part in the first.
      overlap: area of the common part in nm^2.
      correlation: of the two textures, over the common part; -1 to 1.
      agreeing: blocks that agree with the similarity, of all `blocks` in the common part.
    """

    similarity: Similarity
    box: tuple[int, int, int, int]
    overlap: int
    correlation: float
    agreeing: int
    blocks: int

    @property
    def shift(self) -> complex:
        """Shift dx + i dy in nm from first to second, at the middle of the common part."""
        x0, y0, x1, y1 = self.box
        middle = complex(x0 + x1, y0 + y1) / 2
        return self.similarity(middle) - middle


@dataclasses.dataclass(frozen=True)
class Pair(CommonPart):
    """Two micrographs of one field; first, second: ordered by stem without regard to case."""

    first: AuditedMicrograph
    second: AuditedMicrograph

    @property
    def across(self) -> bool:
        """Whether the two lie in different splits."""
        return self.first.split != self.second.split
