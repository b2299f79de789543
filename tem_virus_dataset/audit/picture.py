"""A micrograph to be compared: its name, and how its pixels are read."""

import dataclasses
from collections.abc import Callable

import numpy as np


@dataclasses.dataclass(frozen=True)
class Picture:
    """One micrograph.

    Attributes:
      split: train, validation or test.
      class_name: the virus, spelled as on disk.
      stem: name of the micrograph, without suffix.
      read: returns the whole visible micrograph, (height, width) uint8 or uint16 at 1 nm per
        pixel, with no black frame.
    """

    split: str
    class_name: str
    stem: str
    read: Callable[[], np.ndarray]

    @property
    def name(self) -> str:
        """`split/Class/stem`, as the examples' `micrograph` has it."""
        return f"{self.split}/{self.class_name}/{self.stem}"
