"""How a detector is trained: what a recipe of classifiers has, and what boxes need."""

import dataclasses
import types

from benchmark.errors import BenchmarkError
from benchmark.training.recipe import Recipe

LARGEST = 1280  # pixels of a side


@dataclasses.dataclass(frozen=True)
class DetectionRecipe(Recipe):
    """Settings of one training of a detector.

    Attributes:
      side: pixels of a training picture, a multiple of 32; level: training pictures for each class
        in an epoch, around its micrographs.
      nm: per pixel of what the network sees.
      mosaic: share of pictures that are made of four; jitter: up to how much larger or smaller, as
        the logarithm to base 2; shear: degrees; contrast, brightness: in standard deviations.
      turned: by any angle, else into one of the eight views.
    """

    nm: float = 2.0
    mosaic: float = 1.0
    jitter: float = 0.5
    shear: float = 0.0
    contrast: float = 0.2
    brightness: float = 0.2
    turned: bool = False

    def _side(self) -> tuple[str, bool]:
        fine = 32 <= self.side <= LARGEST and self.side % 32 == 0
        return f"a multiple of 32 up to {LARGEST}", fine

    def __post_init__(self) -> None:
        """Refuse settings that would not be what is trained."""
        super().__post_init__()
        for name, low, high in (
            ("nm", 0.1, 100), ("mosaic", 0, 1), ("jitter", 0, 3), ("shear", 0, 45),
            ("contrast", 0, 1), ("brightness", 0, 3),
        ):  # fmt: skip
            if not low <= getattr(self, name) <= high:
                raise BenchmarkError(
                    f"recipe: {name}={getattr(self, name)}: expected {low} to {high}. Change it "
                    "with --set."
                )


# paper: the field's defaults, which the exosome paper took.  modern: a GPU's work.  brief: what two
# CPU cores can do in about an hour.  quick: shows that everything works.
_MODERN = DetectionRecipe(
    epochs=100, patience=100, rate=2e-3, batch=16, level=64, side=640, nm=1.0, optimizer="adamw",
    decay=0.05, warmup=3, cosine=True, precision="bfloat16",
)  # fmt: skip
RECIPES = types.MappingProxyType(
    {
        "paper": DetectionRecipe(
            epochs=300, patience=100, rate=1e-2, batch=16, level=64, side=640, nm=1.0,
            optimizer="sgd", decay=5e-4, warmup=3, cosine=True,
        ),
        "modern": _MODERN,
        "brief": dataclasses.replace(
            _MODERN, epochs=20, patience=20, level=48, side=256, nm=2.0, mosaic=0.5, jitter=0.3,
            warmup=1, precision="float32",
        ),
        "quick": DetectionRecipe(
            epochs=2, patience=2, rate=1e-3, batch=4, level=4, side=64, nm=4.0,
        ),
    }
)  # fmt: skip
