"""The particles of one micrograph as every table, picture and file shows them."""

import dataclasses
import math
from collections.abc import Sequence

from tem_virus_dataset.networks import metadata

UNKNOWN = metadata.UNKNOWN


@dataclasses.dataclass(frozen=True)
class ParticleRow:
    """One particle; all lengths in pixels of the complete image, from its top left corner.

    Attributes:
      label: its class; the number of classes where it is unknown.
      most_similar: the class that is most likely, also of an unknown particle.
      x, y: of the centre; width, height: nan where the particle is only a point.
      confidence: 0 to 1; novelty: above 1 the class is unknown, nan where a model does not tell.
      is_uncertain: many detections of such a confidence are wrong; None where it does not tell.
    """

    label: int
    most_similar: int
    x: float
    y: float
    width: float
    height: float
    confidence: float
    novelty: float = math.nan
    is_uncertain: bool | None = None

    @property
    def is_point(self) -> bool:
        """Whether it has no width and height."""
        return math.isnan(self.width)

    @property
    def diameter(self) -> float:
        """The mean of width and height; nan where it is a point."""
        return (self.width + self.height) / 2

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """x0, y0, x1, y1."""
        half = self.width / 2, self.height / 2
        return self.x - half[0], self.y - half[1], self.x + half[0], self.y + half[1]


@dataclasses.dataclass(frozen=True)
class MicrographResult:
    """A micrograph and its particles, the most confident first.

    Attributes:
      file: its name in all tables; width, height: in pixels.
      classes: that the model knows, in label order.
    """

    file: str
    width: int
    height: int
    nm_per_pixel: float
    nm_per_pixel_from: str
    classes: tuple[str, ...]
    particles: tuple[ParticleRow, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The class of each label, that of unknown particles last."""
        return (*self.classes, UNKNOWN)

    def is_unknown(self, particle: ParticleRow) -> bool:
        """Return whether a particle is unlike all classes of the training."""
        return particle.label == len(self.classes)


def categories(
    results: Sequence[MicrographResult], classes: Sequence[str], measures_novelty: bool = False
) -> tuple[str, ...]:
    """Return the classes that a person may correct to, in label order.

    `unknown` is the last of them where the model measures novelty.
    """
    tells = any(not math.isnan(p.novelty) for result in results for p in result.particles)
    return (*classes, UNKNOWN) if tells or measures_novelty else tuple(classes)
