"""The specimen of a phantom of aggregated vesicles: labelled vesicles over contaminants."""

import dataclasses

import numpy as np
import scipy

from tem_virus_dataset.phantoms.aggregates import appearance, arrangement, contaminants
from tem_virus_dataset.phantoms.aggregates.styles import Style

SMALLEST, LARGEST = 30.0, 200.0  # nm, diameters of small extracellular vesicles
MEDIAN = (45.0, 100.0)  # nm, of the diameters in one micrograph
SPREAD = (0.15, 0.45)  # of the logarithm of the diameters


@dataclasses.dataclass(frozen=True)
class Specimen:
    """A field of `side` pixels squared.

    Attributes:
      tone: (side, side) float32, brightness against the support.
      cover: (side, side) float32, share of a pixel that vesicles cover.
      mask: (side, side) uint16, 0 is background, n the n-th vesicle; an upper vesicle hides
        a lower one.
      nm_per_pixel: side of a pixel.
    """

    tone: np.ndarray
    cover: np.ndarray
    mask: np.ndarray
    nm_per_pixel: float

    def window(
        self, centre: np.ndarray, radius: float
    ) -> tuple[tuple[slice, slice], np.ndarray, np.ndarray] | None:
        """Return the window around a particle, and its pixels' x (1, n) and y (m, 1) from there.

        None where less than two pixels of it are in the field.

        Args:
          centre: x, y in nm; radius: in nm.
        """
        reach = 1.7 * radius + 12
        low = np.clip(np.floor((centre - reach) / self.nm_per_pixel), 0, len(self.tone))
        high = np.clip(np.ceil((centre + reach) / self.nm_per_pixel), 0, len(self.tone))
        (x0, y0), (x1, y1) = low.astype(int), high.astype(int)
        if min(x1 - x0, y1 - y0) < 2:
            return None
        x = np.arange(x0, x1)[None] * self.nm_per_pixel - centre[0]
        y = np.arange(y0, y1)[:, None] * self.nm_per_pixel - centre[1]
        return np.s_[y0:y1, x0:x1], x, y

    def paste(
        self,
        window: tuple[slice, slice],
        drawing: contaminants.Drawing,
        opacity: float = 1.0,
        label: int = 0,
    ) -> None:
        """Draw one particle over the existing ones.

        Args:
          drawing: tone and cover in the window; opacity: share of what lies below that it hides.
          label: of a vesicle, 0 for a contaminant.
        """
        tone, cover = drawing
        self.tone[window] = self.tone[window] * (1 - opacity * cover) + tone
        if label:
            self.cover[window] = np.maximum(self.cover[window], cover)
            self.mask[window][scipy.ndimage.binary_fill_holes(cover > 0.5)] = label


def draw(rng: np.random.Generator, style: Style, side: int, nm_per_pixel: float) -> Specimen:
    """Draw contaminants, then the vesicles, then some contaminants over these.

    Args:
      rng: of the micrograph; side: of the field in pixels.
    """
    tone, cover = np.zeros((2, side, side), np.float32)
    specimen = Specimen(tone, cover, np.zeros((side, side), np.uint16), nm_per_pixel)
    _contaminate(rng, specimen, style, 0.8)
    _add_vesicles(rng, specimen, style)
    _contaminate(rng, specimen, style, 0.2)
    return specimen


def _add_vesicles(rng: np.random.Generator, specimen: Specimen, style: Style) -> None:
    population = appearance.population(rng, style.kinds)
    count = max(2, round(rng.uniform(*style.count)))
    median = np.exp(rng.uniform(*np.log(MEDIAN)))
    spread = rng.uniform(*SPREAD)
    diameters = median * np.exp(spread * rng.standard_normal(count))
    layout = arrangement.Arrangement(
        rng.uniform(*style.together), rng.uniform(*style.compact), rng.uniform(*style.overlap)
    )
    length = len(specimen.tone) * specimen.nm_per_pixel
    radii = diameters.clip(SMALLEST, LARGEST) / 2
    placed = arrangement.places(rng, radii, length, layout)
    gap = rng.uniform(0, 3)
    halo = rng.uniform(*population.kind.halo), rng.uniform(6, 50)
    for number, (x, y, radius) in enumerate(placed):
        found = specimen.window(np.array([x, y]), radius)
        if found is None:
            continue
        window, across, down = found
        touching = arrangement.contacts(number, placed, gap) if population.pressed else []
        drawing = appearance.vesicle(rng, across, down, radius, population, touching)
        specimen.paste(window, drawing, population.opacity, number + 1)
    _pool(specimen, *halo)


def _pool(specimen: Specimen, tone: float, reach: float) -> None:
    """Add the stain that pools around vesicles, or is lacking there, up to `reach` nm."""
    near = scipy.ndimage.gaussian_filter(specimen.cover, reach / 2 / specimen.nm_per_pixel)
    specimen.tone[:] += tone * (near / (near + 0.2)) * (1 - specimen.cover)


def _contaminate(rng: np.random.Generator, specimen: Specimen, style: Style, share: float) -> None:
    """Draw a share of the contaminants of a field."""
    length = len(specimen.tone) * specimen.nm_per_pixel
    positive = rng.random() < 0.3  # proteins, fragments take up stain, as some vesicles do
    for shape, number, radii, may_invert in (
        (contaminants.lipoprotein, style.lipoproteins, (4, 13), False),
        (contaminants.protein, style.proteins, (12, 60), True),
        (contaminants.fragment, style.fragments, (20, 80), True),
        (contaminants.crystal, style.crystals, (15, 120), False),
        (contaminants.precipitate, style.precipitates, (3, 12), False),
        (contaminants.fibre, style.fibres, (60, 400), False),
    ):
        for _ in range(round(share * rng.uniform(*number))):
            radius = np.exp(rng.uniform(*np.log(radii)))
            found = specimen.window(rng.uniform(0, length, 2), radius)
            if found:
                tone, cover = shape(rng, *found[1:], radius)
                specimen.paste(found[0], (-tone if may_invert and positive else tone, cover))
