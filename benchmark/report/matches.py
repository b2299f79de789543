"""What a detector did in one micrograph: each box found, missed, or a false alarm."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.metrics.matching import NONE, OVERLAP, overlaps
from leaderboard.predictions.detection import Detections
from leaderboard.scoring.detection import Scored

RIGHT, MISSED, ALARM = "right", "missed", "alarm"


@dataclasses.dataclass(frozen=True)
class Mark:
    """One box of a micrograph.

    Attributes:
      kind: RIGHT, MISSED or ALARM; box: (4,) x, y of the centre, width, height in pixels.
      label: class of the find, of a miss that of the particle; confidence: None of a miss.
      on: of a false alarm, class of the particle that it overlaps enough, None where none.
    """

    kind: str
    box: NDArray[np.float64]
    label: int
    confidence: float | None = None
    on: int | None = None


def marks(table: BoxTruth, found: Detections, scored: Scored, name: str) -> list[Mark]:
    """Return what was found, missed and alarmed of in one micrograph, in this order.

    A particle that was found as another class is missed, and its find is a false alarm.

    Args:
      scored: `found`, scored by `table`; name: of the micrograph, one of the table's ids.
    """
    number = table.ids.tolist().index(name)
    here = np.flatnonzero(table.micrographs == number)
    counted = (found.micrographs == number) & (found.confidence >= scored.confidence)
    right = np.flatnonzero(counted & (scored.matched != NONE)).tolist()
    wrong = np.flatnonzero(counted & (scored.matched == NONE)).tolist()
    missed = np.setdiff1d(here, scored.matched[right])
    overlap = overlaps(found.boxes[wrong], table.boxes[here])
    made = [_find(RIGHT, found, row) for row in right]
    made += [Mark(MISSED, table.boxes[row], int(table.labels[row])) for row in missed]
    for row, shared in zip(wrong, overlap, strict=True):
        near = len(here) and shared.max() >= OVERLAP
        on = int(table.labels[here[shared.argmax()]]) if near else None
        made.append(dataclasses.replace(_find(ALARM, found, row), on=on))
    return made


def told(found: Iterable[Mark], kind: str, classes: Sequence[str]) -> str:
    """Say what those of a kind are, such as "7 Ebola, 1 Marburg"; "" where there is none.

    Of false alarms also where they are: "2 Marburg on Ebola, 1 Ebola found twice".
    """
    counts = Counter(_told(one, classes) for one in found if one.kind == kind)
    return ", ".join(f"{count} {text}" for text, count in counts.most_common())


def _told(one: Mark, classes: Sequence[str]) -> str:
    name = classes[one.label]
    if one.kind != ALARM:
        return name
    if one.on is None:
        return f"{name} where no particle fits"
    return f"{name} found twice" if one.on == one.label else f"{name} on {classes[one.on]}"


def _find(kind: str, found: Detections, row: int) -> Mark:
    return Mark(kind, found.boxes[row], int(found.labels[row]), float(found.confidence[row]))
