"""Two steps: a detector says where particles are, a classifier of patches says what they are.

A detector has little of each particle to learn its class from: it sees 2 nm to a pixel, and a loss
for boxes and classes at once. A classifier sees the patch around the particle at 1 nm. The
detections are those of the detector's committed predictions, so that nothing is detected again.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmark.detection.data import Scene
from leaderboard.ground_truth.detection import FEWEST_ALLOWED, PER_BOX, BoxTruth
from leaderboard.metrics.matching import overlaps
from leaderboard.predictions.detection import Detections
from tem_virus_dataset.networks.classifier import Classifier, patches_around
from tem_virus_dataset.networks.nms import DetectedBoxes, non_maximum_suppression

SAME_PARTICLE = 0.5  # IoU from which on detections of any class are of one particle
MOST = 100  # particles of a micrograph that are classified, unless one holds more
MIN_PARTICLE = 0.03  # confidence of a particle, whatever its class, from which on it is classified
MIN_CONFIDENCE = 0.001  # of a detection


def any_class(detections: DetectedBoxes, classes: int, most: int = MOST) -> DetectedBoxes:
    """Return the particles of one micrograph, whatever their class; all labels are 0.

    The confidence of a particle is the sum over the classes of the most confident detection that
    overlaps it, at most 1: a detector that hesitates between two classes is not unsure that there
    is a particle.

    Args:
      detections: of one micrograph, suppressed class by class; classes: their number.
      most: number of particles, the most confident.
    """
    if not len(detections.boxes):
        return detections
    same = overlaps(detections.boxes, detections.boxes) >= SAME_PARTICLE
    total = np.zeros(len(detections.boxes), np.float32)
    for label in range(classes):
        of_class = same & (detections.labels == label)
        total += np.where(of_class, detections.confidence, 0).max(axis=1)
    # The box of the most confident detection is kept, so suppression goes by its own confidence.
    kept = non_maximum_suppression(
        detections.boxes, detections.confidence[:, None], MIN_CONFIDENCE, SAME_PARTICLE, most
    )
    places = [int(np.flatnonzero((detections.boxes == box).all(axis=1))[0]) for box in kept.boxes]
    confidence = total[places].clip(0, 1)
    order = np.argsort(-confidence, kind="stable")
    order = order[confidence[order] >= MIN_PARTICLE]
    return DetectedBoxes(kept.boxes[order], kept.labels[order], confidence[order])


def with_classes(
    particles: DetectedBoxes,
    probabilities: NDArray[np.floating],
    max_detections: int = FEWEST_ALLOWED,
) -> DetectedBoxes:
    """Return a detection of each particle and class: confidence times the class's probability.

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


def classified(
    detections: Detections, truth: BoxTruth, scenes: Sequence[Scene], classifier: Classifier
) -> list[DetectedBoxes]:
    """Return the detections of a split with the classifier's classes.

    Args:
      detections: of the detector, in the order of the scenes; truth: of the same micrographs, with
        the classes of the classifier in any order.
    """
    classes, fullest = truth.classes, truth.fullest
    most = MOST if fullest <= MOST else PER_BOX * fullest
    order = [classifier.classes.index(name) for name in classes]
    result = []
    for number, scene in enumerate(scenes):
        rows = np.flatnonzero(detections.micrographs == number)
        found = DetectedBoxes(
            detections.boxes[rows].astype(np.float32),
            detections.labels[rows],
            detections.confidence[rows].astype(np.float32),
        )
        particles = any_class(found, len(classes), most)
        probabilities: NDArray[np.floating] = np.zeros((0, len(classes)))
        if len(particles.boxes):
            points = [(float(x), float(y)) for x, y in particles.boxes[:, :2]]
            patches = patches_around(
                scene.image, scene.nm_per_pixel or 1.0, points, classifier.nm_per_pixel
            )
            probabilities = classifier.classify(patches)[:, order]
        result.append(with_classes(particles, probabilities, truth.max_detections))
    return result
