"""The particles of a micrograph, as all results show them."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.networks.nms import DetectedBoxes


@dataclasses.dataclass(frozen=True)
class Particles:
    """The particles of one micrograph, the most confident first.

    Attributes:
      boxes: (n, 4) float32 x, y of the centre, width, height in pixels of the complete image; width
        and height are nan where a particle is only a point.
      labels: (n,) int64, the class that is most likely, also of an unknown particle.
      confidence: (n,) float32, 0 to 1.
      novelty: (n,) float32, distance of the features from those of the training classes, divided
        by the model's threshold: above 1 the class is unknown. nan where a model does not tell.
      is_uncertain: (n,) bool, the confidence is one at which many detections are wrong; None where
        a model does not tell.
      left_out: number of further particles, which a limit left out; all are less confident.
    """

    boxes: NDArray[np.float32]
    labels: NDArray[np.int64]
    confidence: NDArray[np.float32]
    novelty: NDArray[np.float32]
    is_uncertain: NDArray[np.bool_] | None
    left_out: int = 0

    def __len__(self) -> int:
        return len(self.boxes)

    @property
    def is_unknown(self) -> NDArray[np.bool_]:
        """(n,) bool, whether a particle is unlike all classes of the training."""
        return self.novelty > 1

    @property
    def are_points(self) -> bool:
        """Whether they have no width and height."""
        return bool(np.isnan(self.boxes).any())


def of_detections(detections: DetectedBoxes) -> Particles:
    """Return the particles of a model that tells nothing of novelty or certainty."""
    count = len(detections.boxes)
    return Particles(
        detections.boxes,
        detections.labels,
        detections.confidence,
        novelty=np.full(count, np.nan, np.float32),
        is_uncertain=None,
        left_out=detections.left_out,
    )
