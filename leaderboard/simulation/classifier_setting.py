"""What is invented of classifiers: a setting, on the test micrographs of a shipped ground truth."""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth import classification as ground_truth


@dataclass(frozen=True)
class Setting:
    """What is invented.

    Attributes:
      data: config; model: `beta`, `logistic`, or `resampled` with the name of a row.
      error: mean error rate; spread: intra-class correlation of `beta`, standard deviation of
        the logit of `logistic`.
      seeds: of each row; drawn: sizes of micrographs are drawn, too, instead of those of the data.
    """

    data: str
    model: str
    error: float = 0.05
    spread: float = 0.2
    seeds: int = 3
    drawn: bool = False

    @property
    def title(self) -> str:
        """The setting as a cell of a table."""
        kind = f"error {self.error:g}, spread {self.spread:g}" if self.error else ""
        sizes = "sizes drawn" if self.drawn else ""
        parts = (self.data, self.model, kind, sizes, f"{self.seeds} seed{'s'[: self.seeds > 1]}")
        return ", ".join(part for part in parts if part)


@functools.cache
def sizes_of(data: str) -> tuple[NDArray[np.int64], ...]:
    """Return the patches of each test micrograph, an array for each class."""
    truth = ground_truth.read(f"tem_virus/{data}", "test")
    return tuple(
        np.unique(truth.micrographs[truth.labels == label], return_counts=True)[1]
        for label in range(len(truth.classes))
    )


def configs() -> list[str]:
    """Return the configs whose ground truth is shipped, of classifiers."""
    return sorted({data.partition("/")[2] for data, _ in ground_truth.known()})
