"""What one file of detections is found to say; `scoring` finds it."""

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from leaderboard.metrics import intervals
from leaderboard.metrics.curves import Curve


@dataclass(frozen=True)
class Scores:
    """Scores of one split; 0 / 0 counts as 0.

    Attributes:
      precision, recall, f1: of the finds of all classes together, from a confidence on, at IoU 0.5.
      ap50, ap50_95: mean over the classes, over all confidences; None if they were not computed.
      count_error: mean over the micrographs of how many particles too many or too few were found;
      count_bias: the same with its sign, positive where too many.
    """

    precision: float
    recall: float
    f1: float
    ap50: float | None
    ap50_95: float | None
    count_error: float
    count_bias: float

    def known(self) -> dict[str, float]:
        """Return those that are known, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class ClassScores:
    """Scores of one class, as `Scores` has them; AP is None without a box, or not computed."""

    name: str
    boxes: int
    precision: float
    recall: float
    f1: float
    ap50: float | None
    ap50_95: float | None


@dataclass(frozen=True)
class MicrographScores:
    """One micrograph: its boxes, finds from the confidence on, and how many of these are right."""

    name: str
    boxes: int
    found: int
    right: int

    @property
    def wrong(self) -> int:
        """Misses and false alarms."""
        return self.boxes + self.found - 2 * self.right


@dataclass(frozen=True)
class Scored:
    """One split, scored.

    Attributes:
      scores: from `confidence` on; curve: over all of them.
      draws: each score in every draw of a bootstrap over micrographs, (draws,) by field of
        `scores`; those of two models are pairs. Without the average precisions, unless asked for.
      classes: in the table's order; micrographs: the worst first.
      matched: (finds,) index of the box that each find is one of, `matching.NONE` for a false
        alarm, those below the confidence among them.
    """

    scores: Scores
    confidence: float
    curve: Curve
    draws: dict[str, NDArray[np.float64]]
    classes: list[ClassScores]
    micrographs: list[MicrographScores]
    matched: NDArray[np.int64]

    @property
    def intervals(self) -> dict[str, tuple[float, float]]:
        """The 95 % interval of each score."""
        return {name: intervals.ends(drawn) for name, drawn in self.draws.items()}

    @property
    def worst_class(self) -> ClassScores:
        """The class with the lowest F1, the first of equals."""
        return min(self.classes, key=lambda one: one.f1)
