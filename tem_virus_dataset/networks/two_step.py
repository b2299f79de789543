"""Two steps: a detector says where particles are, a classifier of patches says what they are.

A detector has little of each particle to learn its class from: it sees 2 nm to a pixel, and a loss
for boxes and classes at once. A classifier sees the patch around the particle at 1 nm. But of a
long filament the patch shows a part, or the gap in a bend, where the detector sees it whole. So the
class is that of both: the detector's has a weight, which is chosen on validation. Together the
detector's classes say how likely there is a particle at all.
"""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.networks import boxes as boxes_of
from tem_virus_dataset.networks.classifier import Classifier
from tem_virus_dataset.networks.detector import Detector
from tem_virus_dataset.networks.nms import DetectedBoxes, non_maximum_suppression, reaches

SAME_PARTICLE = boxes_of.SAME  # IoU from which on detections of any class are of one particle
MOST = 100  # particles of a micrograph that are classified, unless one holds more
MIN_PARTICLE = 0.03  # confidence of a particle, whatever its class, from which on it is classified
MIN_CONFIDENCE = 0.001  # of a detection
AT_ONCE = 256  # particles whose overlaps are in memory: a user's micrograph can hold thousands


@dataclasses.dataclass(frozen=True)
class TwoStep:
    """A detector and a classifier that were scored together.

    Attributes:
      confidence: threshold chosen on validation, of a particle's confidence times the probability
        of its class.
      certain_confidence: from which on nine in ten detections of validation are correct; None: not
        known.
      name: of the pair; detector_weight: 0 to 1, of the detector's class, see `weighted`.
    """

    detector: Detector
    classifier: Classifier
    confidence: float
    certain_confidence: float | None
    name: str
    detector_weight: float = 0.0


def any_class(
    detections: DetectedBoxes,
    classes: int,
    most: int = MOST,
    min_particle: float = MIN_PARTICLE,
) -> DetectedBoxes:
    """Return the particles of one micrograph, whatever their class; all labels are 0.

    The confidence of a particle is the sum over the classes of the most confident detection that
    overlaps it, at most 1: a detector that hesitates between two classes is not unsure that there
    is a particle.

    Args:
      detections: of one micrograph, suppressed class by class, the most confident first.
      classes: their number; most: number of particles, the most confident.
      min_particle: confidence below which a particle is dropped.
    """
    if not len(detections.boxes):
        return detections
    # The box of the most confident detection is kept, so suppression goes by its own confidence.
    kept = non_maximum_suppression(
        detections.boxes, detections.confidence[:, None], MIN_CONFIDENCE, SAME_PARTICLE, most
    )
    confidence = _by_class(kept.boxes, detections, classes).sum(axis=1).clip(0, 1)
    order = np.argsort(-confidence, kind="stable")
    order = order[reaches(confidence[order], min_particle)]
    # What a limit left out is less confident than all that is kept, in each class: can it count?
    is_cut = len(kept.boxes) > 0 and kept.confidence.min() * classes >= min_particle
    left_out = detections.left_out + kept.left_out if is_cut else 0
    return DetectedBoxes(kept.boxes[order], kept.labels[order], confidence[order], left_out)


def _by_class(
    boxes: NDArray[np.float32], detections: DetectedBoxes, classes: int
) -> NDArray[np.float32]:
    """Return the confidence of the best detection of each class that overlaps each box.

    Returns:
      (boxes, classes), 0 where there is none.
    """
    best = np.zeros((len(boxes), classes), np.float32)
    for first in range(0, len(boxes), AT_ONCE):
        rows, others = boxes_of.same(boxes[first : first + AT_ONCE], detections.boxes)
        labels, confidence = detections.labels[others], detections.confidence[others]
        np.maximum.at(best, (first + rows, labels), confidence)
    return best


def weighted(
    particles: DetectedBoxes,
    probabilities: NDArray[np.floating],
    detections: DetectedBoxes,
    detector_weight: float,
) -> NDArray[np.floating]:
    """Return the probabilities of the classes by both: the weighted mean of the two.

    Those of the detector are the shares of the classes in its confidence of the particle.

    Args:
      particles: n of one micrograph, by `any_class` from `detections`.
      probabilities: (n, classes) by the classifier.
      detector_weight: 0 leaves the probabilities as they are.

    Returns:
      (n, classes).
    """
    if not detector_weight:
        return probabilities
    shares = _by_class(particles.boxes, detections, probabilities.shape[1])
    totals = shares.sum(axis=1, keepdims=True)
    shares = np.divide(shares, totals, out=probabilities.astype(np.float32), where=totals > 0)
    return (1 - detector_weight) * probabilities + detector_weight * shares


def with_classes(
    particles: DetectedBoxes, probabilities: NDArray[np.floating], max_detections: int
) -> DetectedBoxes:
    """Return a detection of each particle and class: confidence times the class's probability.

    This is for average precision, where a particle may be detected as two classes.

    Args:
      particles: n of one micrograph; probabilities: (n, classes).

    Returns:
      The most confident, as many as a predictions file may hold.
    """
    confidence = particles.confidence[:, None] * probabilities
    rows, labels = np.nonzero(confidence >= MIN_CONFIDENCE)
    values = confidence[rows, labels].astype(np.float32)
    order = np.argsort(-values, kind="stable")[:max_detections]
    return DetectedBoxes(particles.boxes[rows[order]], labels[order], values[order])


def most_likely(
    particles: DetectedBoxes, probabilities: NDArray[np.floating], min_confidence: float
) -> tuple[DetectedBoxes, NDArray[np.int64]]:
    """Return one detection of each particle, of its most likely class, the most confident first.

    This is for counting. From a threshold of .5 on it returns what `with_classes` does.

    Args:
      particles: n of one micrograph; probabilities: (n, classes).
      min_confidence: of particle and class together, below which a particle is dropped.

    Returns:
      The detections, and (m,) int64, the row of each in `particles`.
    """
    labels = probabilities.argmax(axis=1).astype(np.int64)
    values = (particles.confidence * probabilities.max(axis=1, initial=0)).astype(np.float32)
    order = np.argsort(-values, kind="stable")
    order = order[reaches(values[order], min_confidence)]
    detections = DetectedBoxes(
        particles.boxes[order], labels[order], values[order], particles.left_out
    )
    return detections, order
