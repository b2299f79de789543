"""Where the vesicles of a micrograph lie: alone, in chains, in aggregates.

Centrifugation at high speed makes aggregates of vesicles of many sizes and kinds (Linares et al.
2015, doi 10.3402/jev.v4.29509); clustered vesicles are what segmentation must split
(Gomez-de-Mariscal et al. 2019, doi 10.1038/s41598-019-49431-3).
"""

import dataclasses

import numpy as np

from tem_virus_dataset.phantoms.aggregates.appearance import Contact

TRIES = 30  # places tried for a vesicle before it is left out
APART = 1.15  # least distance of two that do not touch, as a share of the sum of their radii
CANDIDATES = 6  # places at the edge of an aggregate, of which the innermost is taken


@dataclasses.dataclass(frozen=True)
class Arrangement:
    """How vesicles lie to each other.

    Attributes:
      together: share of vesicles that touch another one; compact: share of these that lie as deep
        in their aggregate as they can, the others prolong chains.
      overlap: distance of two that touch, as a share of the sum of their radii.
    """

    together: float
    compact: float
    overlap: float


def places(
    rng: np.random.Generator, radii: np.ndarray, length: float, arrangement: Arrangement
) -> np.ndarray:
    """Place vesicles in a field.

    Args:
      radii: (n,) in nm; length: of the field's side in nm.

    Returns:
      (m, 3) x, y and radius in nm, of those that found a place.
    """
    placed = np.empty((0, 3))
    for radius in radii:
        touching = len(placed) > 0 and rng.random() < arrangement.together
        tried = [
            _candidate(rng, placed, radius, length, arrangement, touching) for _ in range(TRIES)
        ]
        least = arrangement.overlap if touching else APART
        free = [centre for centre in tried if _is_free(centre, radius, placed, length, least)]
        # The innermost of several free places is that whose nearest neighbours are closest: so
        # aggregates grow round. With a single candidate they grow as chains and branches.
        number = CANDIDATES if touching and rng.random() < arrangement.compact else 1
        if free:
            nearest = [np.sort(np.hypot(*(placed[:, :2] - c).T))[:4].sum() for c in free[:number]]
            placed = np.vstack([placed, [*free[int(np.argmin(nearest))], radius]])
    return placed


def contacts(number: int, placed: np.ndarray, gap: float) -> list[Contact]:
    """Return the planes at which a vesicle is pressed against those that it touches.

    The plane between two is that of the points of equal power to both circles.

    Args:
      number: of the vesicle in `placed`, see `places`; gap: between two vesicles, in nm.
    """
    x, y, radius = placed[number]
    found = []
    for other, (x1, y1, r1) in enumerate(placed):
        apart = np.hypot(x1 - x, y1 - y)
        if other != number and 0 < apart < radius + r1 + gap:
            plane = (apart**2 + radius**2 - r1**2) / (2 * apart)
            found.append(Contact((x1 - x) / apart, (y1 - y) / apart, plane - gap / 2))
    return found


def _candidate(
    rng: np.random.Generator,
    placed: np.ndarray,
    radius: float,
    length: float,
    arrangement: Arrangement,
    touching: bool,
) -> np.ndarray:
    if not touching:
        return rng.uniform(0, length, 2)
    x, y, r = placed[rng.integers(len(placed))]
    angle = rng.uniform(0, 2 * np.pi)
    away = (radius + r) * rng.uniform(arrangement.overlap, 1.04)
    return np.array([x + away * np.cos(angle), y + away * np.sin(angle)])


def _is_free(
    centre: np.ndarray, radius: float, placed: np.ndarray, length: float, least: float
) -> bool:
    apart = np.hypot(*(placed[:, :2] - centre).T) / (placed[:, 2] + radius)
    return bool(apart.min(initial=np.inf) >= least and 0 <= centre.min() <= centre.max() <= length)
