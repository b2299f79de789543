"""The steps for every micrograph: detect particles, classify them, or both."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.networks.classifier import Classifier, patches_around
from tem_virus_dataset.networks.detect import detect
from tem_virus_dataset.networks.detector import Detector
from tem_virus_dataset.networks.nms import DetectedBoxes, one_of_each_particle
from tem_virus_dataset.predict import particles
from tem_virus_dataset.predict.particles import Particles
from tem_virus_dataset.predict.points import Point

SAME_PARTICLE = 0.5  # IoU from which on detections of two classes are of one particle


@dataclasses.dataclass(frozen=True)
class Pipeline:
    """The networks, and the threshold of the detector.

    Attributes:
      detector: None where points are given; classifier: None where the detector's class is kept.
      confidence: of the detector, below which a detection is dropped.
    """

    detector: Detector | None
    classifier: Classifier | None
    confidence: float

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes that are predicted, in label order."""
        last = self.classifier or self.detector
        return last.classes if last else ()

    @property
    def warnings(self) -> list[str]:
        """What the user should know about the networks before use."""
        return [m.warning for m in (self.detector, self.classifier) if m and m.warning]

    def about(self) -> dict[str, Any]:
        """Return all that the results depend on, as JSON has it."""
        networks = (self.detector, self.classifier)
        models = [{"run": m.name, "weights": m.digest} for m in networks if m]
        return {"models": models, "confidence": self.confidence if self.detector else None}

    def particles(
        self, image: NDArray[np.integer], nm_per_pixel: float, points: Sequence[Point]
    ) -> Particles:
        """Return the particles of a micrograph, in its pixels.

        Args:
          image: (height, width) uint8 or uint16; points: to classify, where there is no detector.

        Returns:
          One detection of each particle, whatever its class. Where a classifier predicts the
          class, the confidence is its probability; the boxes of points have a width and height of
          nan.
        """
        if self.detector:
            detections = one_of_each_particle(
                detect(image, nm_per_pixel, self.detector, self.confidence), SAME_PARTICLE
            )
        else:
            detections = _at(points)
        if self.classifier is None or not len(detections.boxes):
            return particles.of_detections(detections)
        centres = [(float(x), float(y)) for x, y in detections.boxes[:, :2]]
        patches = patches_around(image, nm_per_pixel, centres, self.classifier.nm_per_pixel)
        probabilities = self.classifier.classify(patches)
        labels = probabilities.argmax(axis=1).astype(np.int64)
        confidence = probabilities.max(axis=1).astype(np.float32)
        return particles.of_detections(
            DetectedBoxes(detections.boxes, labels, confidence, detections.left_out)
        )


def _at(points: Sequence[Point]) -> DetectedBoxes:
    boxes = np.full((len(points), 4), np.nan, np.float32)
    boxes[:, :2] = np.array(points, np.float32).reshape(-1, 2)
    return DetectedBoxes(boxes, np.zeros(len(points), np.int64), np.ones(len(points), np.float32))


def assembled(
    model: Detector | Classifier,
    detector: Detector | Classifier | None,
    with_points: bool,
    confidence: float | None,
) -> Pipeline:
    """Combine the networks that a user named.

    Args:
      model: of --model; detector: of --detector; confidence: None for the detector's own.

    Raises:
      DatasetError: they do not go together, or not with the points.
    """
    if isinstance(model, Detector):
        if detector or with_points:
            raise DatasetError(
                f"--model {model.name}: detects particles itself; expected neither --points nor "
                "--detector beside it. Leave them out, or name a classifier as --model."
            )
        return Pipeline(model, None, model.confidence if confidence is None else confidence)
    if isinstance(detector, Classifier):
        raise DatasetError(
            f"--detector {detector.name}: classifies patches; expected a run that detects "
            "particles. Name a detector's record."
        )
    if (detector is None) == (not with_points):
        raise DatasetError(
            f"--model {model.name}: classifies particles; expected their positions from exactly "
            "one of two options. Give --points with a table, or --detector with the record of a "
            "detector."
        )
    if detector is None and confidence is not None:
        raise DatasetError(
            "--confidence: found with --points; expected a detector, of which it is the threshold. "
            "Leave it out: every point is classified."
        )
    if detector is None:
        return Pipeline(None, model, 0.0)
    return Pipeline(detector, model, detector.confidence if confidence is None else confidence)
