"""How many pairs of one field the audit finds: measured on pairs made of single micrographs.

A pair is made of one micrograph: its left part, and a rotated square of its right part, so that
both share a given area. The second is rotated, scaled, of another contrast (inverted, or another
gamma), blurred and noisy. Its pixels are therefore new, and its noise is its own. No pixel of one
lies outside of the micrograph. The pairs are the same at every call.
"""

import dataclasses
import itertools
import zlib
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from scipy import ndimage

from tem_virus_dataset.audit import local_features, search
from tem_virus_dataset.audit.audited_micrograph import AuditedMicrograph
from tem_virus_dataset.files import progress

ANGLES = 0, 10, 45, 180  # degrees
SCALES = 0.5, 0.7, 1.4, 2.0
AREAS = 150_000, 50_000, 25_000  # nm^2
ANGLE = 20  # degrees, where the scale or the contrast changes
SIDE = 0.62  # of the second, before rotation: of the micrograph's shorter side
GAMMA = 0.6  # of the other contrast
BLUR = 1.5  # nm
NOISE = 0.5  # of the standard deviation of the pixels


@dataclasses.dataclass(frozen=True)
class Change:
    """How the second differs from the first.

    Attributes:
      degrees: rotation; scale; sign: -1 where the contrast is inverted; area: overlap in nm^2.
    """

    degrees: float
    scale: float
    sign: int
    area: int


def changes() -> Iterator[Change]:
    """Return every change that is measured."""
    for area, degrees in itertools.product(AREAS, ANGLES):
        yield Change(degrees, 1, 1, area)
    for area, scale in itertools.product(AREAS, SCALES):
        yield Change(ANGLE, scale, 1, area)
    for area in AREAS:
        yield Change(ANGLE, 1, -1, area)


def measured(micrographs: Iterable[AuditedMicrograph]) -> dict[Change, tuple[int, int]]:
    """Return how many of the pairs of each change were found, and of how many.

    Args:
      micrographs: one pair of each is made for each change, where it is large enough.
    """
    chosen = list(micrographs)
    result = dict.fromkeys(changes(), (0, 0))
    for micrograph in progress.bar(chosen, "micrographs"):
        image = micrograph.read()
        for change in result:
            pair = made(image, change, zlib.crc32(f"{micrograph.name} {change}".encode()))
            if pair is None:
                continue
            features = [local_features.detect(one) for one in pair]
            found = search.by_features(*pair, *features) is not None
            hits, number = result[change]
            result[change] = hits + found, number + 1
    return result


def made(image: np.ndarray, change: Change, seed: int) -> tuple[np.ndarray, np.ndarray] | None:
    """Make a pair of one micrograph, (height, width) at 1 nm; None where it is too small."""
    rng = np.random.default_rng(seed)
    height, width = image.shape
    turn = np.exp(1j * np.deg2rad(change.degrees))
    reach = abs(turn.real) + abs(turn.imag)
    side = SIDE * min(height, width)
    length = side / reach
    centre = complex(width - side / 2 - 1, height / 2)
    right = _border(image.shape, centre, turn, length, change.area)
    if right is None:
        return None
    pixels = np.arange(round(length * change.scale)) + 0.5
    inside = (pixels + 1j * pixels[:, None]) / change.scale - length / 2 * (1 + 1j)
    there = centre + turn * inside - (0.5 + 0.5j)
    blurred = ndimage.gaussian_filter(image.astype(np.float32), max(BLUR, 0.5 / change.scale))
    second = ndimage.map_coordinates(blurred, [there.imag, there.real], order=1, mode="nearest")
    low, high = np.percentile(second, (0.5, 99.5))
    unit = np.clip((second - low) / max(high - low, 1), 0, 1)
    unit = 1 - unit if change.sign < 0 else unit**GAMMA
    noisy = unit + NOISE * unit.std() * rng.standard_normal(unit.shape)
    low, high = np.percentile(noisy, (0.1, 99.9))
    counts = np.clip(np.rint(255 * (noisy - low) / (high - low)), 0, 255).astype(np.uint8)
    return image[:, :right], counts


def _border(
    shape: tuple[int, ...], centre: complex, turn: complex, length: float, area: int
) -> int | None:
    """Return where the first ends, so that it shares an area with the rotated square."""
    height, width = shape
    across, down = np.arange(2, width, 4), np.arange(2, height, 4)
    inside = (across + 1j * down[:, None] - centre) / turn
    covered = (abs(inside.real) <= length / 2) & (abs(inside.imag) <= length / 2)
    shared = np.cumsum(covered.sum(axis=0)) * 16  # nm^2, of what lies left of each column
    column = int(np.searchsorted(shared, area))
    return int(across[column]) + 2 if column < len(across) and across[column] >= 200 else None


def text(result: dict[Change, tuple[int, int]]) -> str:
    """Return the result as a Markdown table: a change in each row, the overlap in each column."""
    header = ["second micrograph", *(f"{area:,} nm²" for area in AREAS)]
    lines = [header, ["---"] * len(header)]
    kinds = dict.fromkeys((c.degrees, c.scale, c.sign) for c in result)
    for degrees, scale, sign in kinds:
        name = f"rotated {degrees:g}°" + (f", scale {scale:g}" if scale != 1 else "")
        cells = [result[Change(degrees, scale, sign, area)] for area in AREAS]
        lines.append(
            [name + (", inverted" if sign < 0 else ""), *(f"{h} of {n}" for h, n in cells)]
        )
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def sample(micrographs: Sequence[AuditedMicrograph], count: int) -> list[AuditedMicrograph]:
    """Return so many micrographs of each class, evenly spaced over the names."""
    by_class: dict[str, list[AuditedMicrograph]] = {}
    for micrograph in sorted(micrographs, key=lambda m: (m.class_name, m.stem.lower(), m.stem)):
        by_class.setdefault(micrograph.class_name, []).append(micrograph)
    return [
        group[(2 * number + 1) * len(group) // (2 * count)]
        for group in by_class.values()
        for number in range(min(count, len(group)))
    ]
