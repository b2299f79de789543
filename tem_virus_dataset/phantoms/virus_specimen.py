"""The specimen of a phantom of viruses: particles of one class, their companions, and debris.

A specimen is (FIELD, FIELD) float32 at 1 nm per pixel: the share of the stain that it excludes.
"""

import numpy as np

from tem_virus_dataset import facts
from tem_virus_dataset.phantoms import virus_shapes

FIELD = 576  # side in pixels of 1 nm
MARGIN = 100  # nm between a centre and the border, at least


def draw(rng: np.random.Generator, class_name: str, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw debris, and then the particles of a class over it.

    Args:
      rng: of the micrograph; class_name: one of `facts.CLASSES_14`; count: of centres.

    Returns:
      The specimen, and its centres (count, 2) as x, y in nm.
    """
    protein = np.zeros((FIELD, FIELD), np.float32)
    _debris(rng, protein)
    particles = _filament if class_name in ("Ebola", "Marburg") else _particles
    return protein, particles(rng, protein, class_name, count)


def debris(rng: np.random.Generator) -> np.ndarray:
    """Draw a field of debris alone, without a virus."""
    protein = np.zeros((FIELD, FIELD), np.float32)
    _debris(rng, protein)
    return protein


def _paste(
    rng: np.random.Generator,
    protein: np.ndarray,
    shape: virus_shapes.Shape,
    centre: np.ndarray,
    radius: float,
) -> None:
    """Draw one particle, rotated at random, over the existing ones, clipped at the border."""
    low = np.clip(np.floor(centre - 2 * radius - 8), 0, FIELD).astype(int)
    high = np.clip(np.ceil(centre + 2 * radius + 8), 0, FIELD).astype(int)
    x = np.arange(low[0], high[0], dtype=np.float32)[None] - np.float32(centre[0])
    y = np.arange(low[1], high[1], dtype=np.float32)[:, None] - np.float32(centre[1])
    angle, first, second = rng.uniform(0, 2 * np.pi, 3).astype(np.float32)
    cos, sin = np.cos(angle), np.sin(angle)
    bend = np.float32(0.035 * radius)  # no particle dries without some distortion
    x, y = x + bend * np.sin(y * 3 / radius + first), y + bend * np.sin(x * 3 / radius + second)
    window = protein[low[1] : high[1], low[0] : high[0]]
    share = rng.uniform(0.75, 1.0) * shape(rng, cos * x + sin * y, cos * y - sin * x, radius)
    np.maximum(window, share, out=window)


def _particles(
    rng: np.random.Generator, protein: np.ndarray, class_name: str, count: int
) -> np.ndarray:
    """Draw `count` particles, and companions beside them, which have no patch."""
    radius = facts.DIAMETER_NM[class_name] / 2
    shape = virus_shapes.ROUND[class_name]
    centres = np.empty((0, 2))
    for _ in range(count):  # the farthest of 40 places from the particles so far
        places = rng.uniform(MARGIN, FIELD - MARGIN, (40, 2))
        gaps = np.linalg.norm(places[:, None] - centres[None], axis=2).min(1, initial=FIELD)
        centres = np.vstack([centres, places[np.argmax(gaps)]])
    for centre in centres:
        for angle in rng.uniform(0, 2 * np.pi, rng.integers(0, 4) if radius < 60 else 0):
            away = radius * rng.uniform(2.2, 3.2) * np.array([np.cos(angle), np.sin(angle)])
            if np.linalg.norm(centres - centre - away, axis=1).min() > 2 * radius:
                _paste(rng, protein, shape, centre + away, radius * rng.normal(1, 0.03))
    for centre in centres:
        if class_name == "Nipah virus" and rng.random() < 0.6:  # a burst particle
            path = _path(rng, 60, 2.5, 0.0) + centre
            loose = virus_shapes.nucleocapsid(*virus_shapes.along(path, FIELD))
            np.maximum(protein, loose, out=protein)
        _paste(rng, protein, shape, centre, radius * rng.normal(1, 0.04))
    return centres


def _path(rng: np.random.Generator, points: int, bend: float, hook: float) -> np.ndarray:
    """Make (points, 2), a centre line in nm, mean at 0: bent by `bend`, then curled by `hook`."""
    t = np.linspace(0, 1, points)
    heading = rng.uniform(0, 2 * np.pi) + bend * np.sin(2 * np.pi * (t + rng.random())) / 2
    heading += rng.choice((-1, 1)) * hook * np.clip(t / 0.6 - 0.667, 0, None)
    path = virus_shapes.STEP * np.cumsum(np.stack([np.cos(heading), np.sin(heading)], 1), axis=0)
    return path - path.mean(axis=0)


def _filament(
    rng: np.random.Generator, protein: np.ndarray, class_name: str, count: int
) -> np.ndarray:
    """Draw one filament; its centres are `count` even points of the centre line in the field."""
    is_ebola = class_name == "Ebola"
    if is_ebola:
        path = _path(rng, 260, rng.uniform(0.4, 2.2), 0.0)
    else:
        path = _path(rng, 160, rng.uniform(0.0, 0.5), rng.uniform(2.8, 4.3))
    path = path + FIELD / 2 + rng.uniform(-60, 60, 2)
    coordinates = virus_shapes.along(path, FIELD)
    shape = virus_shapes.ebola if is_ebola else virus_shapes.marburg
    blocks = rng.standard_normal((FIELD // 4, FIELD // 4), np.float32)
    grain = 1 + 0.2 * blocks.repeat(4, axis=0).repeat(4, axis=1)
    np.maximum(protein, shape(*coordinates) * grain, out=protein)
    inner = path[((path > MARGIN) & (path < FIELD - MARGIN)).all(axis=1)]
    return inner[np.linspace(0, len(inner) - 1, count + 2).astype(int)[1:-1]]


def _debris(rng: np.random.Generator, protein: np.ndarray) -> None:
    """Draw the debris that all classes have: specks, empty vesicles, thin fibres."""
    for centre in rng.uniform(0, FIELD, (rng.integers(20, 70), 2)):
        _paste(rng, protein, _speck, centre, rng.uniform(3, 9))
    for centre in rng.uniform(0, FIELD, (rng.integers(0, 3), 2)):
        _paste(rng, protein, _vesicle, centre, rng.uniform(18, 70))
    for _ in range(rng.integers(0, 2)):
        path = _path(rng, 160, rng.uniform(0.2, 1.5), 0.0) + rng.uniform(0, FIELD, 2)
        _, across, beyond = virus_shapes.along(path, FIELD)
        fibre = virus_shapes.inside(np.maximum(np.abs(across) - rng.uniform(3, 8), beyond))
        np.maximum(protein, rng.uniform(0.2, 0.5) * fibre, out=protein)


def _speck(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    r, _ = virus_shapes.outline(rng, x, y * rng.uniform(0.6, 1), 0.2)
    return rng.uniform(0.15, 0.7) * virus_shapes.inside(r - radius, 5)


def _vesicle(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    r, _ = virus_shapes.outline(rng, x, y, 0.2)
    wall = np.exp(-(((r - radius) / 3) ** 2))
    return rng.uniform(0.25, 0.55) * np.maximum(wall, 0.75 * virus_shapes.inside(r - radius))
