"""What is done to every micrograph: find particles, tell their classes, or both."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmark.detection.yolo import detect
from benchmark.detection.yolo.decoding import Found
from benchmark.detection.yolo.detector import Detector
from benchmark.errors import BenchmarkError
from benchmark.predict import classifier
from benchmark.predict.classifier import Classifier
from benchmark.predict.points import Point


@dataclasses.dataclass(frozen=True)
class Engine:
    """The networks, and how sure the first must be.

    Attributes:
      detector: None where points are given; classifier: None where the detector's class is kept.
      confidence: of the detector, below which nothing is kept.
    """

    detector: Detector | None
    classifier: Classifier | None
    confidence: float

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes that are told, in label order."""
        last = self.classifier or self.detector
        return last.classes if last else ()

    def about(self) -> dict[str, Any]:
        """Return all that its results depend on, as JSON has it."""
        used = (self.detector, self.classifier)
        models = [{"run": one.name, "weights": one.digest} for one in used if one]
        return {"models": models, "confidence": self.confidence if self.detector else None}

    def particles(
        self, image: NDArray[np.integer], nm_per_pixel: float, points: Sequence[Point]
    ) -> Found:
        """Return what is in a micrograph, in its pixels.

        Args:
          image: (height, width) uint8 or uint16; points: to classify, where there is no detector.

        Returns:
          Where a classifier told the class, the confidence is its probability; the boxes of
          points have a width and height of nan.
        """
        if self.detector:
            found = detect.find(image, nm_per_pixel, self.detector, self.confidence)
        else:
            boxes = np.full((len(points), 4), np.nan, np.float32)
            boxes[:, :2] = np.array(points, np.float32).reshape(-1, 2)
            found = Found(boxes, np.zeros(len(points), np.int64), np.ones(len(points), np.float32))
        if self.classifier is None or not len(found.boxes):
            return found
        centres = [(float(x), float(y)) for x, y in found.boxes[:, :2]]
        likely = self.classifier.classify(classifier.cut(image, nm_per_pixel, centres))
        labels = likely.argmax(axis=1).astype(np.int64)
        return Found(found.boxes, labels, likely.max(axis=1).astype(np.float32))


def assembled(
    first: Detector | Classifier,
    second: Detector | Classifier | None,
    with_points: bool,
    confidence: float | None,
) -> Engine:
    """Put the networks that a user named together.

    Args:
      first: of --model; second: of --detector; confidence: None for the detector's own.

    Raises:
      BenchmarkError: they do not go together, or with the points.
    """
    if isinstance(first, Detector):
        if second or with_points:
            raise BenchmarkError(
                f"--model {first.name}: finds particles itself; expected neither --points nor "
                "--detector beside it. Leave them out, or name a classifier as --model."
            )
        return Engine(first, None, first.confidence if confidence is None else confidence)
    if isinstance(second, Classifier):
        raise BenchmarkError(
            f"--detector {second.name}: tells the class of patches; expected a run that finds "
            "particles. Name a detector's record."
        )
    if (second is None) == (not with_points):
        raise BenchmarkError(
            f"--model {first.name}: tells the class of patches; expected to know where particles "
            "are, from one of both. Give --points with their places, or --detector with the record "
            "of a detector."
        )
    if second is None and confidence is not None:
        raise BenchmarkError(
            "--confidence: found it beside --points; expected a detector that it is meant for. "
            "Leave it out: every point gets its class."
        )
    if second is None:
        return Engine(None, first, 0.0)
    return Engine(second, first, second.confidence if confidence is None else confidence)
