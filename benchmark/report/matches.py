"""The boxes of one micrograph: correct detections, missed particles and false positives."""

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.metrics.matching import NONE, OVERLAP, overlaps
from leaderboard.predictions.detection import Detections
from leaderboard.scoring.detection import Scored

CORRECT, MISSED, FALSE_POSITIVE = "correct", "missed", "false positive"


@dataclasses.dataclass(frozen=True)
class MatchedBox:
    """One box of a micrograph.

    Attributes:
      kind: CORRECT, MISSED or FALSE_POSITIVE.
      box: (4,) x, y of the centre, width, height in pixels.
      label: predicted class, of a missed particle its true class.
      confidence: None of a missed particle.
      on: of a false positive, class of the particle with an IoU of at least 0.5, None without.
    """

    kind: str
    box: NDArray[np.float64]
    label: int
    confidence: float | None = None
    on: int | None = None


def of_micrograph(
    truth: BoxTruth, detections: Detections, scored: Scored, name: str
) -> list[MatchedBox]:
    """Return correct detections, missed particles and false positives, in this order.

    A particle that is detected as another class is missed, and its detection a false positive.

    Args:
      scored: `detections`, scored against `truth`; name: of the micrograph, one of the ids.
    """
    number = truth.ids.tolist().index(name)
    particles = np.flatnonzero(truth.micrographs == number)
    counted = (detections.micrographs == number) & (detections.confidence >= scored.confidence)
    correct = np.flatnonzero(counted & (scored.matched != NONE)).tolist()
    incorrect = np.flatnonzero(counted & (scored.matched == NONE)).tolist()
    missed = np.setdiff1d(particles, scored.matched[correct])
    overlap = overlaps(detections.boxes[incorrect], truth.boxes[particles])
    boxes = [_detection(CORRECT, detections, row) for row in correct]
    boxes += [MatchedBox(MISSED, truth.boxes[row], int(truth.labels[row])) for row in missed]
    for row, shared in zip(incorrect, overlap, strict=True):
        near = len(particles) and shared.max() >= OVERLAP
        on = int(truth.labels[particles[shared.argmax()]]) if near else None
        boxes.append(dataclasses.replace(_detection(FALSE_POSITIVE, detections, row), on=on))
    return boxes


def counts(boxes: Iterable[MatchedBox], kind: str, classes: Sequence[str]) -> str:
    """Return the boxes of a kind by class, such as "7 Ebola, 1 Marburg"; "" without any.

    False positives also with what they overlap: "2 Marburg on Ebola, 1 Ebola detected twice".
    """
    by_text = Counter(_text(box, classes) for box in boxes if box.kind == kind)
    return ", ".join(f"{count} {text}" for text, count in by_text.most_common())


def _text(box: MatchedBox, classes: Sequence[str]) -> str:
    name = classes[box.label]
    if box.kind != FALSE_POSITIVE:
        return name
    if box.on is None:
        return f"{name} without a particle"
    return f"{name} detected twice" if box.on == box.label else f"{name} on {classes[box.on]}"


def _detection(kind: str, detections: Detections, row: int) -> MatchedBox:
    label, confidence = int(detections.labels[row]), float(detections.confidence[row])
    return MatchedBox(kind, detections.boxes[row], label, confidence)
