"""The specimen of a phantom of exosomes: labelled vesicles, and debris without label."""

import dataclasses

import numpy as np
import scipy

from tem_virus_dataset.phantoms import vesicle_shapes
from tem_virus_dataset.phantoms.exosome_style import Style
from tem_virus_dataset.phantoms.virus_shapes import Shape

SMALLEST, LARGEST = 30.0, 150.0  # nm, diameters of exosomes
SPREAD = 0.35  # of the logarithm of the diameters
TRIES = 40  # places tried for a vesicle before it is left out


@dataclasses.dataclass(frozen=True)
class Specimen:
    """A field of `side` pixels squared.

    Attributes:
      protein: (side, side) float32, share of the stain kept out.
      uptake: (side, side) float32, stain taken up, in depths of the stain around.
      mask: (side, side) uint16, 0 is background, n the n-th vesicle; an upper vesicle hides
        a lower one.
      nm_per_pixel: side of a pixel.
    """

    protein: np.ndarray
    uptake: np.ndarray
    mask: np.ndarray
    nm_per_pixel: float

    def paste(
        self,
        rng: np.random.Generator,
        shape: Shape,
        centre: np.ndarray,
        radius: float,
        label: int = 0,
    ) -> None:
        """Draw one particle, rotated at random, over the existing ones.

        Args:
          centre: x, y in nm; radius: in nm; label: of a vesicle, 0 for debris.
        """
        side = len(self.protein)
        reach = 1.6 * radius + 12
        low = np.clip(np.floor((centre - reach) / self.nm_per_pixel), 0, side).astype(int)
        high = np.clip(np.ceil((centre + reach) / self.nm_per_pixel), 0, side).astype(int)
        if (high - low).min() < 2:  # outside
            return
        angle = rng.uniform(0, 2 * np.pi)
        cos, sin = np.cos(angle), np.sin(angle)
        x = np.arange(low[0], high[0])[None] * self.nm_per_pixel - centre[0]
        y = np.arange(low[1], high[1])[:, None] * self.nm_per_pixel - centre[1]
        share = shape(rng, cos * x + sin * y, cos * y - sin * x, radius)
        window = np.s_[low[1] : high[1], low[0] : high[0]]
        layer = (self.uptake if shape is vesicle_shapes.stained else self.protein)[window]
        np.maximum(layer, share, out=layer, casting="same_kind")
        if label:
            self.mask[window][scipy.ndimage.binary_fill_holes(share > 0.2)] = label


def draw(rng: np.random.Generator, style: Style, side: int, nm_per_pixel: float) -> Specimen:
    """Draw debris, and then the vesicles over it.

    Args:
      rng: of the micrograph; side: of the field in pixels.
    """
    protein, uptake = np.zeros((2, side, side), np.float32)
    specimen = Specimen(protein, uptake, np.zeros((side, side), np.uint16), nm_per_pixel)
    length = side * nm_per_pixel
    area = (length / 1000) ** 2
    _debris(rng, specimen, style, length, area)
    shapes = list(style.shapes)
    odds = np.array(list(style.shapes.values())) / sum(style.shapes.values())
    median = rng.uniform(*style.diameter)
    stained = 0.9 * (rng.random() < style.stained)
    placed: list[tuple[float, float, float]] = []
    for label in range(1, max(2, round(area * rng.uniform(*style.count))) + 1):
        diameter = np.clip(median * np.exp(SPREAD * rng.standard_normal()), SMALLEST, LARGEST)
        centre = _place(rng, placed, diameter / 2, length, style.apart)
        if centre is None:
            continue
        placed.append((*centre, diameter / 2))
        shape = shapes[rng.choice(len(shapes), p=odds)]
        if rng.random() < stained:
            shape = vesicle_shapes.stained
        specimen.paste(rng, shape, centre, diameter / 2, label)
    return specimen


def _place(
    rng: np.random.Generator,
    placed: list[tuple[float, float, float]],
    radius: float,
    length: float,
    apart: float,
) -> np.ndarray | None:
    """Return a place for a vesicle, or None; in clusters it is near another vesicle."""
    others = np.array(placed).reshape(-1, 3)
    for _ in range(TRIES):
        centre = rng.uniform(0, length, 2)
        if placed and apart < 0.9 and rng.random() < 0.75:
            x, y, size = others[rng.integers(len(others))]
            angle = rng.uniform(0, 2 * np.pi)
            away = (radius + size) * rng.uniform(apart, 1.15)
            centre = np.array([x + away * np.cos(angle), y + away * np.sin(angle)])
        gaps = np.hypot(*(others[:, :2] - centre).T) / (others[:, 2] + radius)
        if gaps.min(initial=np.inf) >= apart and centre.min() >= 0 and centre.max() <= length:
            return centre
    return None


def _debris(
    rng: np.random.Generator, specimen: Specimen, style: Style, length: float, area: float
) -> None:
    for _ in range(round(area * rng.uniform(*style.specks))):
        radius = 3 + 3 * rng.standard_exponential()
        specimen.paste(rng, vesicle_shapes.speck, rng.uniform(0, length, 2), min(radius, 12))
    for _ in range(round(area * rng.uniform(*style.scraps))):
        specimen.paste(rng, vesicle_shapes.arc, rng.uniform(0, length, 2), rng.uniform(15, 60))
    for _ in range(round(area * rng.uniform(*style.lumps))):
        centre = rng.uniform(0, length, 2)
        wide = rng.uniform(15, 70)
        for _ in range(rng.integers(2, 14)):
            place = centre + rng.normal(0, wide, 2)
            specimen.paste(rng, vesicle_shapes.lump, place, rng.uniform(6, 0.45 * wide + 8))
