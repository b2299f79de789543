"""What is right: the boxes of the micrographs of one split."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

DIGITS = 2  # of a pixel, after the point


@dataclass(frozen=True)
class BoxTable:
    """The micrographs of one split of a config, and their boxes in any order.

    Attributes:
      data: such as `tem_virus/mirror_11class_boxes`; version: of the data set; split: its name.
      classes: names, by which `labels` counts.
      ids: (n,) str, `split/Class/stem`; sizes: (n, 2) int64 width, height in pixels.
      nm_per_pixel: (n,) float64, NaN where not known.
      micrographs: (m,) int64, index into `ids` of each box; labels: (m,) int64.
      boxes: (m, 4) float64 x, y of the centre, width, height in pixels, of `DIGITS` digits.
    """

    data: str
    version: str
    split: str
    classes: tuple[str, ...]
    ids: NDArray[np.str_]
    sizes: NDArray[np.int64]
    nm_per_pixel: NDArray[np.float64]
    micrographs: NDArray[np.int64]
    labels: NDArray[np.int64]
    boxes: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def strata(self) -> NDArray[np.int64]:
        """The class that most boxes of each micrograph have, (n,); -1 where it has none."""
        counts = np.zeros((len(self.ids), len(self.classes) + 1))
        np.add.at(counts, (self.micrographs, self.labels + 1), 1)
        return counts.argmax(axis=1) - 1
