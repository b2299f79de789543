"""Two steps for whole splits; the detections are those of the detector's committed predictions.

So nothing is detected again. The arithmetic is that of `tem_virus_dataset.networks.two_step`, which
`tem-virus predict` uses, too. But predictions hold `BoxTruth.max_detections` of a micrograph, and
`tem-virus predict` adds up all: a particle's confidence can be a little higher there.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from benchmark.detection.data import Scene
from leaderboard.ground_truth.detection import PER_BOX, BoxTruth
from leaderboard.predictions.detection import Detections
from tem_virus_dataset.files import progress
from tem_virus_dataset.networks.classifier import Classifier, patches_around
from tem_virus_dataset.networks.nms import DetectedBoxes
from tem_virus_dataset.networks.two_step import MOST, any_class, weighted, with_classes


def classified(
    detections: Detections,
    truth: BoxTruth,
    scenes: Sequence[Scene],
    classifier: Classifier,
    detector_weight: float = 0.0,
) -> list[DetectedBoxes]:
    """Return the detections of a split with the classifier's classes.

    Args:
      detections: of the detector, in the order of the scenes; truth: of the same micrographs, with
        the classes of the classifier in any order.
      detector_weight: 0 to 1, of the detector's class.
    """
    classes, fullest = truth.classes, truth.fullest
    most = MOST if fullest <= MOST else PER_BOX * fullest
    order = [classifier.classes.index(name) for name in classes]
    result = []
    for number, scene in enumerate(progress.bar(scenes, truth.split, unit="micrograph")):
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
        probabilities = weighted(particles, probabilities, found, detector_weight)
        result.append(with_classes(particles, probabilities, truth.max_detections))
    return result
