"""One function per virus: the share of stain that its particle excludes, from 0 to about 1.

A shape takes a generator, coordinates in nm from the particle's centre and a radius in nm (half of
Table 1's diameter) and returns a float array of the coordinates' shape. A filament's takes what
`along` returns. The forms are formulas after the look of each virus in negative stain; they hold no
pixel of a real micrograph.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

Shape = Callable[[np.random.Generator, np.ndarray, np.ndarray, float], np.ndarray]
STEP = 4  # nm between two points of a centre line


def inside(distance: np.ndarray, soft: float = 3.0) -> np.ndarray:
    """1 where a signed distance (nm) is negative, 0 outside, a ramp of `soft` nm between."""
    return np.clip(0.5 - distance / soft, 0, 1)


def waves(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, period: float) -> np.ndarray:
    """Worm-like texture of unit variance: nine plane waves of about one period (nm)."""
    total = np.zeros_like(x)
    for step, (spread, phase, size) in enumerate(rng.uniform((0, 0, 0.7), (1, 6.28, 1.4), (9, 3))):
        angle, k = np.pi * (step + spread) / 9, 2 * np.pi / (period * size)
        kx, ky, phase = np.array([k * np.cos(angle), k * np.sin(angle), phase], x.dtype)
        total += np.cos(kx * x + ky * y + phase)
    return total / np.sqrt(4.5)


def outline(
    rng: np.random.Generator, x: np.ndarray, y: np.ndarray, uneven: float
) -> tuple[np.ndarray, np.ndarray]:
    """Distance from the centre, corrected for an uneven outline, and the angle."""
    angle = np.arctan2(y, x)
    radius = np.ones_like(x)
    for lobes in (2, 3, 4, 5):
        radius += uneven / lobes * rng.normal() * np.cos(lobes * angle + rng.uniform(0, 2 * np.pi))
    return np.hypot(x, y) / np.maximum(radius, 0.6), angle


def along(path: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coordinates of a whole image relative to a centre line.

    Args:
      path: (n, 2) x, y in nm, one point every `STEP` nm.
      size: side of the image in pixels, a multiple of 8.

    Returns:
      Three (size, size) arrays in nm: position along the line, signed distance from it, and by how
      much a pixel lies past one of its ends (negative: between them).

    """
    tangent = np.gradient(path, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    index = np.arange(len(path))[:, None]
    frames = np.concatenate([path, tangent, index], axis=1).astype(np.float32)
    middle = np.arange(size // 8, dtype=np.float32) * 8 + 3.5  # the nearest point, by 8x8 blocks
    across, down = (middle[:, None] - frames[:, 0]) ** 2, (middle[:, None] - frames[:, 1]) ** 2
    nearest = np.argmin(down[:, None] + across[None], axis=2)
    frame = np.moveaxis(frames[nearest], 2, 0).repeat(8, axis=1).repeat(8, axis=2)
    px, py, tx, ty, number = frame
    y, x = np.ogrid[:size, :size]
    dx, dy = x.astype(np.float32) - px, y.astype(np.float32) - py
    position = number * STEP + tx * dx + ty * dy
    beyond = np.maximum(-position, position - STEP * (len(path) - 1))
    return position, tx * dy - ty * dx, beyond


def _hemisphere(rng: np.random.Generator, count: int) -> np.ndarray:
    """(m, 3) of `count` even points of a unit sphere, randomly rotated: those facing up."""
    index = np.arange(count) + 0.5
    z, angle = 1 - 2 * index / count, index * np.pi * (3 - np.sqrt(5))
    points = np.stack([np.sqrt(1 - z**2) * np.cos(angle), np.sqrt(1 - z**2) * np.sin(angle), z], 1)
    rotated = points @ np.linalg.qr(rng.normal(size=(3, 3)))[0]
    return rotated[rotated[:, 2] > 0]


def _dots(x: np.ndarray, y: np.ndarray, points: np.ndarray, width: float) -> np.ndarray:
    """Draw Gaussian spots of one width (nm) at points (m, 2+) in nm; the highest counts."""
    total = np.full_like(x, np.inf)
    for px, py in points[:, :2].astype(np.float32):
        np.minimum(total, (x - px) ** 2 + (y - py) ** 2, out=total)
    return np.exp(-total / (2 * width**2))


def _comb(
    rng: np.random.Generator, r: np.ndarray, angle: np.ndarray, radius: float, gap: float
) -> np.ndarray:
    """Spikes that stand on a circle, one every `gap` nm, not quite evenly."""
    count = round(2 * np.pi * radius / gap)
    first, second = rng.uniform(0, 2 * np.pi, 2)
    shift = 1.2 * np.cos(3 * angle + first) + 1.2 * np.cos(5 * angle + second)
    return np.clip(0.5 + 0.9 * np.cos(count * angle + shift), 0, 1) * inside(radius - r)


def adenovirus(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Hexagonal outline, capsomeres in a triangular lattice."""
    facets = [np.cos(a) * x + np.sin(a) * y for a in np.arange(3) * np.pi / 3]
    hexagon = np.maximum.reduce([np.abs(facet) for facet in facets])
    outer = 0.65 * hexagon + 0.35 * np.hypot(x, y) * 0.95
    k = 2 * np.pi / (0.21 * radius)
    lines = (np.arange(3) + 0.5) * np.pi / 3
    lattice = sum(np.cos(k * (np.cos(a) * x + np.sin(a) * y)) for a in lines)
    dome = 1 - 0.25 * (outer / radius) ** 2
    return inside(outer - 0.95 * radius) * dome * (0.78 + 0.11 * lattice)


def astrovirus(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Small, round, smooth edge; a five- or six-pointed star between dark triangles."""
    r, angle = outline(rng, x, y, 0.02)
    points = rng.integers(5, 7)
    ring = np.exp(-(((r - 0.58 * radius) / (0.22 * radius)) ** 2))
    return inside(r - 1.05 * radius) * (0.95 - 0.6 * ring * (0.5 - 0.5 * np.cos(points * angle)))


def norovirus(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Small, round, fuzzy edge of projecting arches, cup-like depressions within."""
    r, angle = outline(rng, x, y, 0.03)
    arches = 0.5 + 0.5 * np.cos(10 * angle + rng.uniform(0, 6))
    cups = _dots(x, y, _hemisphere(rng, 32) * 0.78 * radius, 0.13 * radius)
    body = inside(r - 0.78 * radius, 5) * (0.95 - 0.5 * cups)
    return np.maximum(body, (0.3 + 0.25 * arches) * inside(r - 1.12 * radius, 7))


def papilloma(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Round, 72 knobs; one in eight is an empty shell."""
    r, _ = outline(rng, x, y, 0.015)
    knobs = _dots(x, y, _hemisphere(rng, 72) * 0.93 * radius, 0.085 * radius)
    if rng.random() < 0.125:
        shell = np.exp(-(((r - 0.88 * radius) / (0.12 * radius)) ** 2))
        return inside(r - 1.05 * radius) * (0.12 + shell * (0.45 + 0.35 * knobs))
    return inside(r - radius) * (0.42 + 0.55 * knobs)


def rotavirus(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Draw a wheel: sharp rim, short spokes, an inner ring around a hub with dark channels."""
    r, angle = outline(rng, x, y, 0.01)
    t = r / radius
    spokes = 0.5 + 0.5 * np.cos(26 * angle + rng.uniform(0, 6))
    rim = np.exp(-(((t - 0.97) / 0.05) ** 2))
    tread = inside((np.abs(t - 0.84) - 0.1) * radius) * (0.25 + 0.6 * spokes)
    holes = _dots(x, y, _hemisphere(rng, 132) * 0.86 * radius, 0.055 * radius)
    empty = 0.25 if rng.random() < 0.125 else 1.0
    hub = inside((t - 0.75) * radius) * (empty * 0.92 - empty * 0.6 * holes)
    inner = 0.85 * np.exp(-(((t - 0.72) / 0.05) ** 2))
    return np.maximum.reduce([0.9 * rim, tread, hub, inner])


def rift_valley(
    rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float
) -> np.ndarray:
    """Round, enveloped, honeycomb of hollow surface units, short fuzz at the edge."""
    r, angle = outline(rng, x, y, 0.05)
    cups = _dots(x, y, _hemisphere(rng, 122) * 0.95 * radius, 0.075 * radius)
    fuzz = 0.5 + 0.25 * waves(rng, 70 * np.cos(angle), 70 * np.sin(angle), 14)
    body = inside(r - 0.88 * radius, 6) * (0.82 - 0.4 * cups)
    return np.maximum(body, 0.55 * np.clip(fuzz, 0, 1) * inside(r - 1.05 * radius, 8))


def cchf(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Round to uneven, a granular core and a loose ring of club-shaped beads around it."""
    r, _ = outline(rng, x, y, 0.08)
    grain = waves(rng, x, y, 8) * 0.13
    body = inside(r - 0.74 * radius, 6) * (0.72 + grain)
    angles = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(9, 17)))
    ring = 0.97 * radius * rng.normal(1, 0.05, angles.size)
    beads = _dots(x, y, np.stack([ring * np.cos(angles), ring * np.sin(angles)], 1), 0.075 * radius)
    return np.maximum(body, np.minimum(0.8 * beads * 1.25, 0.75))


def lassa(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Pleomorphic sac with a thin membrane, sandy granules inside, few blunt spikes."""
    r, angle = outline(rng, x, y, 0.2)
    seeds = rng.normal(0, 0.42 * radius, (rng.integers(10, 22), 2))
    granules = _dots(x, y, seeds, 0.075 * radius) * inside(r - 0.85 * radius)
    membrane = np.exp(-(((r - 0.92 * radius) / 3.5) ** 2))
    body = inside(r - 0.95 * radius) * (0.52 + 0.07 * waves(rng, x, y, 12))
    spikes = 0.5 * _comb(rng, r, angle, 0.95 * radius, 17) * inside(r - 1.05 * radius)
    return np.maximum.reduce([body, 0.8 * membrane, 0.95 * granules, spikes])


def influenza(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Pleomorphic, a smooth body within a dense palisade of clear spikes."""
    r, angle = outline(rng, x * rng.uniform(0.8, 1.0), y, 0.14)
    core = 0.8 * radius
    body = inside(r - core) * (0.62 + 0.05 * waves(rng, x, y, 14))
    membrane = 0.85 * np.exp(-(((r - core + 3) / 3) ** 2))
    spikes = 0.75 * _comb(rng, r, angle, core, 9.5) * inside(r - core - 12)
    return np.maximum.reduce([body, membrane, spikes])


def nipah(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Pleomorphic with a fine fringe; the coiled nucleocapsid shows through the envelope."""
    r, angle = outline(rng, x, y, 0.2)
    bend = x + 0.25 * radius * np.sin(y / radius * 1.8 + rng.uniform(0, 6))
    lane = 22.0
    across = np.mod(bend, lane) - lane / 2
    herringbone = 0.5 + 0.5 * np.cos(2 * np.pi * (y + 0.9 * np.abs(across)) / 7)
    strand = inside(np.abs(across) - 9) * (0.4 + 0.5 * herringbone) * inside(1.5 - np.abs(across))
    body = inside(r - 0.95 * radius) * np.maximum(0.34, strand * inside(r - 0.86 * radius))
    fringe = 0.5 * _comb(rng, r, angle, 0.95 * radius, 7) * inside(r - 1.1 * radius, 5)
    membrane = 0.72 * np.exp(-(((r - 0.95 * radius) / 3) ** 2))
    return np.maximum.reduce([body, fringe, membrane])


def nucleocapsid(position: np.ndarray, across: np.ndarray, beyond: np.ndarray) -> np.ndarray:
    """Draw a loose strand, 18 nm wide: the herringbone of a paramyxovirus."""
    chevrons = 0.5 + 0.5 * np.cos(2 * np.pi * (position + 0.9 * np.abs(across)) / 7)
    hollow = 1 - 0.7 * np.exp(-((across / 1.8) ** 2))
    return inside(np.maximum(np.abs(across) - 9, beyond)) * (0.3 + 0.6 * chevrons) * hollow


def cowpox(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Draw a rounded brick covered with short, irregular surface tubules."""
    r = (np.abs(x / radius) ** 3.2 + np.abs(y / (radius * 0.78)) ** 3.2) ** (1 / 3.2) * radius
    ridges = np.clip(waves(rng, x, y, 19) * 0.8, -1, 1)
    r = r - 1.5 * ridges
    return inside(r - radius, 6) * (0.66 + 0.2 * ridges + 0.12 * inside(r - 0.7 * radius, 60))


def orf(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Draw an oval wound with a spiral thread: front and back cross. Table 1 gives the width."""
    long, wide = radius * 1.75, radius * 1.1
    r = np.hypot(x / long, y / wide)
    turn = np.arcsin(np.clip(y / wide / np.sqrt(np.clip(1 - (x / long) ** 2, 0.05, 1)), -1, 1))
    phase = rng.uniform(0, 6)
    front = np.cos(2 * np.pi * x / 17 + 3.4 * turn + phase)
    back = np.cos(2 * np.pi * x / 17 - 3.4 * turn + phase)
    threads = 0.4 * np.maximum(front, 0.9 * back) + 0.2 * (front + back)
    return inside((r - 1) * wide - 2 * front, 5) * (0.6 + 0.3 * threads)


def ebola(position: np.ndarray, across: np.ndarray, beyond: np.ndarray) -> np.ndarray:
    """Draw a long even thread: fine cross striation, a narrow dark channel, bright walls."""
    half, v = 40.0, np.abs(across)
    stripes = inside(v - 24) * (0.14 * np.cos(2 * np.pi * position / 7))
    walls = 0.14 * np.exp(-(((v - 36) / 4) ** 2))
    channel = 0.3 * np.exp(-((v / 5) ** 2)) + 0.12 * np.exp(-(((v - 28) / 3) ** 2))
    return inside(np.maximum(v - half, beyond)) * (0.62 + stripes + walls - channel)


def marburg(position: np.ndarray, across: np.ndarray, beyond: np.ndarray) -> np.ndarray:
    """Draw a shorter, hooked thread: coarse oblique striation over its width, fringed edge."""
    half, v = 40.0, np.abs(across)
    turns = np.cos(2 * np.pi * (position + 0.35 * across) / 11)
    fringe = 2 * np.cos(2 * np.pi * position / 10) + 2 * np.sin(position / 23)
    axis = 0.2 * np.exp(-((v / 12) ** 2))
    body = 0.6 + 0.13 * turns * inside(v - 33) + 0.12 * np.exp(-(((v - 22) / 4) ** 2)) - axis
    return inside(np.maximum(v - half - fringe, beyond), 5) * body


ROUND: Mapping[str, Shape] = MappingProxyType(
    {
        "Adenovirus": adenovirus,
        "Astrovirus": astrovirus,
        "CCHF": cchf,
        "Cowpox": cowpox,
        "Influenza": influenza,
        "Lassa": lassa,
        "Nipah virus": nipah,
        "Norovirus": norovirus,
        "Orf": orf,
        "Papilloma": papilloma,
        "Rift Valley": rift_valley,
        "Rotavirus": rotavirus,
    }
)
