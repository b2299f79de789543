"""The steps for every micrograph: detect particles, classify them, or both."""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.networks import two_step
from tem_virus_dataset.networks.classifier import Classified, Classifier, patches_around
from tem_virus_dataset.networks.detect import MOST, detect
from tem_virus_dataset.networks.detector import Detector
from tem_virus_dataset.networks.fusion import MOST_OF_VIEW, in_views
from tem_virus_dataset.networks.nms import DetectedBoxes, one_of_each_particle, reaches
from tem_virus_dataset.networks.two_step import TwoStep
from tem_virus_dataset.predict.particles import Particles
from tem_virus_dataset.predict.points import Point

SAME_PARTICLE = 0.5  # IoU from which on detections of two classes are of one particle
PATCHES_AT_ONCE = 512  # of 128 kB each: a micrograph can hold thousands of particles
PATCHES_IN_TURN = 32  # that a classifier gets, so that it can be stopped: of these it takes 8
ALONE = (
    "{}: its threshold {:.3f} was chosen for it alone; here it is that of the particle times the "
    "probability of its class, which is lower. If particles are missed, choose a lower confidence "
    "(--confidence)."
)
Model = Detector | Classifier | TwoStep
Images = TypeVar("Images")
Found = TypeVar("Found")


class StoppedError(Exception):
    """A prediction was stopped before its end."""


@dataclasses.dataclass(frozen=True)
class Pipeline:
    """The networks, and the threshold of the detections.

    Attributes:
      detector: None where points are given; classifier: None where the detector's class is kept.
      confidence: below which a detection is dropped; with a classifier it is of both steps.
      certain_confidence: below which a detection is uncertain; None where that is not known.
      detector_weight: of the detector's class beside the classifier's, see `two_step.weighted`.
      is_of_detector: the threshold was chosen for the detector alone, and a classifier follows.
    """

    detector: Detector | None
    classifier: Classifier | None
    confidence: float
    certain_confidence: float | None = None
    detector_weight: float = 0.0
    is_of_detector: bool = False

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes that are predicted, in label order."""
        last = self.classifier or self.detector
        return last.classes if last else ()

    @property
    def measures_novelty(self) -> bool:
        """Whether a particle may be `unknown`."""
        return self.classifier is not None and self.classifier.with_novelty is not None

    @property
    def warnings(self) -> list[str]:
        """What the user should know about the networks before use."""
        found = [m.warning for m in (self.detector, self.classifier) if m and m.warning]
        if self.is_of_detector and self.detector:
            found.append(ALONE.format(self.detector.name, self.confidence))
        return found

    def stoppable(self, is_stopped: Callable[[], bool]) -> "Pipeline":
        """Return this pipeline, which raises `StoppedError` between two runs of a network.

        A large micrograph takes minutes, and so does one with thousands of particles: Ctrl-C must
        not wait for its end.
        """

        def checked(run: Callable[[Images], Found]) -> Callable[[Images], Found]:
            def unless_stopped(images: Images, /) -> Found:
                if is_stopped():
                    raise StoppedError
                return run(images)

            return unless_stopped

        detector, classifier = self.detector, self.classifier
        if detector:
            once = detector.in_one_view or detector
            batch = in_views(checked(once.detect_batch), detector.tta, MOST_OF_VIEW)
            detector = dataclasses.replace(detector, detect_batch=batch)
        if classifier:
            with_novelty = classifier.with_novelty
            classifier = dataclasses.replace(
                classifier,
                classify=checked(classifier.classify),
                with_novelty=checked(with_novelty) if with_novelty else None,
            )
        return dataclasses.replace(self, detector=detector, classifier=classifier)

    def on_half(self) -> "Pipeline":
        """Return the same networks on half of the processors, for two images at once."""
        detector, classifier = self.detector, self.classifier
        if detector and detector.on_half:
            detector = detector.on_half()
        if classifier and classifier.on_half:
            classifier = classifier.on_half()
        return dataclasses.replace(self, detector=detector, classifier=classifier)

    def about(self) -> dict[str, Any]:
        """Return all that the results depend on, as JSON has it."""
        networks = (self.detector, self.classifier)
        models = [{"run": m.name, "weights": m.digest} for m in networks if m]
        thresholds: dict[str, Any] = {
            "confidence": self.confidence if self.detector else None,
            "certain_confidence": self.certain_confidence,
        }
        if self.detector and self.classifier:
            thresholds["confidence_of"] = "particle and class"
        if self.detector and self.detector.tta > 1:
            thresholds["tta"] = self.detector.tta
        if self.detector_weight:
            thresholds["detector_weight"] = self.detector_weight
        return {"models": models, **thresholds}

    def particles(
        self, image: NDArray[np.integer], nm_per_pixel: float, points: Sequence[Point]
    ) -> Particles:
        """Return the particles of a micrograph, in its pixels.

        Args:
          image: (height, width) uint8 or uint16; points: to classify, where there is no detector.

        Returns:
          One detection of each particle, whatever its class. With both networks the confidence is
          that of the particle times the probability of its class; of points it is the probability
          alone, and their boxes have a width and height of nan.
        """
        if self.classifier is None:
            return self._of_detector(image, nm_per_pixel)
        if self.detector is None:
            found, min_confidence = _at(points), 0.0
        else:
            # All detections, however unsure, add to the confidence that there is a particle.
            detections = detect(image, nm_per_pixel, self.detector, two_step.MIN_CONFIDENCE)
            min_confidence = self.confidence
            # With its class a particle is no more confident than without: those are not classified.
            found = two_step.any_class(detections, len(self.detector.classes), MOST, min_confidence)
        classified = _classified(self.classifier, image, nm_per_pixel, found.boxes)
        if self.detector is None:
            chosen, rows = _named(found, classified), np.arange(len(found.boxes))
        else:
            probabilities = classified.probabilities
            if self.detector_weight:
                # The weight belongs to a pair of the same classes, in any order.
                order = np.array([self.classes.index(name) for name in self.detector.classes])
                detections = dataclasses.replace(detections, labels=order[detections.labels])
                probabilities = two_step.weighted(
                    found, probabilities, detections, self.detector_weight
                )
            chosen, rows = two_step.most_likely(found, probabilities, min_confidence)
        return self._particles(chosen, classified.novelty[rows])

    def count_if_inverted(self, image: NDArray[np.integer], nm_per_pixel: float) -> int:
        """Return how many particles the detector alone has in the image of inverted contrast."""
        if self.detector is None:
            return 0
        once = self.detector.in_one_view or self.detector
        detections = detect(np.invert(image), nm_per_pixel, once, once.confidence)
        return len(one_of_each_particle(detections, SAME_PARTICLE).boxes)

    def _of_detector(self, image: NDArray[np.integer], nm_per_pixel: float) -> Particles:
        assert self.detector is not None  # one of the two is there
        detections = detect(image, nm_per_pixel, self.detector, self.confidence)
        chosen = one_of_each_particle(detections, SAME_PARTICLE)
        return self._particles(chosen, np.full(len(chosen.boxes), np.nan))

    def _particles(self, detections: DetectedBoxes, novelty: NDArray[np.floating]) -> Particles:
        certain = self.certain_confidence
        return Particles(
            detections.boxes,
            detections.labels,
            detections.confidence,
            novelty=novelty.astype(np.float32),
            is_uncertain=None if certain is None else ~reaches(detections.confidence, certain),
            left_out=detections.left_out,
        )


def _at(points: Sequence[Point]) -> DetectedBoxes:
    boxes = np.full((len(points), 4), np.nan, np.float32)
    boxes[:, :2] = np.array(points, np.float32).reshape(-1, 2)
    return DetectedBoxes(boxes, np.zeros(len(points), np.int64), np.ones(len(points), np.float32))


def _named(points: DetectedBoxes, classified: Classified) -> DetectedBoxes:
    """Return points with their most likely classes, in their order."""
    return dataclasses.replace(
        points,
        labels=classified.probabilities.argmax(axis=1).astype(np.int64),
        confidence=classified.probabilities.max(axis=1, initial=0).astype(np.float32),
    )


def _classified(
    classifier: Classifier,
    image: NDArray[np.integer],
    nm_per_pixel: float,
    boxes: NDArray[np.float32],
) -> Classified:
    """Return what the classifier says of the patch around each box, (n, 4) in pixels."""
    centres = [(float(x), float(y)) for x, y in boxes[:, :2]]
    parts = [Classified(np.zeros((0, len(classifier.classes))), np.zeros(0))]
    for first in range(0, len(centres), PATCHES_AT_ONCE):
        chosen = centres[first : first + PATCHES_AT_ONCE]
        patches = patches_around(image, nm_per_pixel, chosen, classifier.nm_per_pixel)
        parts += [
            classifier.examine(patches[start : start + PATCHES_IN_TURN])
            for start in range(0, len(patches), PATCHES_IN_TURN)
        ]
    return Classified(
        np.concatenate([part.probabilities for part in parts]),
        np.concatenate([part.novelty for part in parts]),
    )


def assembled(
    model: Model,
    detector: Model | None,
    with_points: bool,
    confidence: float | None,
) -> Pipeline:
    """Combine the networks that a user named.

    Args:
      model: of --model; detector: of --detector; confidence: None for the model's own.

    Raises:
      DatasetError: they do not go together, or not with the points.
    """
    if isinstance(model, TwoStep) and with_points and not detector:
        model = model.classifier
    if not isinstance(model, Classifier):
        if detector or with_points:
            raise DatasetError(
                f"--model {model.name}: detects particles itself; expected neither --points nor "
                "--detector beside it. Leave them out, or name a classifier as --model."
            )
        threshold = model.confidence if confidence is None else confidence
        if isinstance(model, TwoStep):
            return Pipeline(
                model.detector, model.classifier, threshold, model.certain_confidence,
                model.detector_weight,
            )  # fmt: skip
        return Pipeline(model, None, threshold, model.certain_confidence)
    if detector is not None and not isinstance(detector, Detector):
        does = "classifies patches" if isinstance(detector, Classifier) else "consists of two steps"
        raise DatasetError(
            f"--detector {detector.name}: {does}; expected a network that detects particles. Name "
            "a detector."
        )
    if (detector is None) == (not with_points):
        raise DatasetError(
            f"--model {model.name}: classifies particles; expected their positions from exactly "
            "one of two options. Give --points with a table, or --detector with a detector."
        )
    if detector is None and confidence is not None:
        raise DatasetError(
            "--confidence: found with --points; expected a detector, of which it is the threshold. "
            "Leave it out: every point is classified."
        )
    if detector is None:
        return Pipeline(None, model, 0.0)
    is_own = confidence is None
    threshold = detector.confidence if confidence is None else confidence
    return Pipeline(detector, model, threshold, is_of_detector=is_own)
