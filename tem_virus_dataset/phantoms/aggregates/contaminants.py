"""What a preparation of vesicles holds beside them, without label.

Typical contaminants are precipitated stain, proteins and other impurities (Stepka et al. 2016,
doi 10.1007/978-3-319-46604-0_23), and lipoproteins (Sodar et al. 2016, doi 10.1038/srep24316).
Membranes break as they are frozen and thawed, and fibres and fragments lie beside them (Issman et
al. 2013, doi 10.1371/journal.pone.0083680). As in `appearance`, a contaminant is a tone against its
background and the share of each pixel that it covers. It takes x (1, n) and y (m, 1) in nm from its
centre and a radius in nm.
"""

import numpy as np

from tem_virus_dataset.phantoms.vesicle_shapes import texture
from tem_virus_dataset.phantoms.virus_shapes import inside, outline

Drawing = tuple[np.ndarray, np.ndarray]


def lipoprotein(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> Drawing:
    """Draw a bright, round particle without a membrane; below 30 nm, so that it is no vesicle."""
    r, _ = _outline(rng, x, y, 0.08)
    cover = inside(r - radius)
    return rng.uniform(0.4, 1.0) * cover, cover


def protein(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> Drawing:
    """Draw a lump of aggregated protein of no clear form."""
    r, _ = _outline(rng, x, y * rng.uniform(1, 2), 0.5)
    wide, high = np.broadcast_arrays(x, y)
    rough = texture(rng, wide, high, rng.uniform(8, 16))
    cover = inside(r - 0.75 * radius + 4 * rough, 5)
    return cover * (rng.uniform(0.2, 0.6) + 0.15 * rough), cover


def fragment(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> Drawing:
    """Draw a scrap of a broken membrane: at most half of a ring."""
    r, angle = _outline(rng, x, y * rng.uniform(1, 1.6), 0.25)
    side = np.cos(angle - rng.uniform(0, 2 * np.pi))
    scrap = np.exp(-(((r - 0.7 * radius) / rng.uniform(3, 7)) ** 2)) * np.clip(4 * side, 0, 1)
    return rng.uniform(0.4, 0.9) * scrap, scrap


def crystal(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> Drawing:
    """Draw a crystal of salt or stain: a dark polygon or needle with straight edges."""
    depth = np.full(np.broadcast_shapes(x.shape, y.shape), -np.inf)
    slim = rng.uniform(0.15, 1)
    for side, turn in enumerate(np.sort(rng.uniform(0, 2 * np.pi, rng.integers(4, 7)))):
        far = radius * (slim if side % 2 else 1) * rng.uniform(0.5, 0.9)
        depth = np.maximum(depth, np.cos(turn) * x + np.sin(turn) * y - far)
    cover = inside(depth, 3) * inside(np.hypot(x, y) - radius)
    return -rng.uniform(0.5, 1.5) * cover, cover


def precipitate(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> Drawing:
    """Draw a spot of precipitated stain: small, dark, uneven."""
    r, _ = _outline(rng, x, y * rng.uniform(1, 2), 0.4)
    cover = inside(r - 0.8 * radius)
    return -rng.uniform(0.4, 1.2) * cover, cover


def fibre(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> Drawing:
    """Draw a fibril or a strand, bent as an arc that crosses the whole window."""
    turn, bend = rng.uniform(0, 2 * np.pi), rng.normal(0, 0.5) / radius
    along, away = np.cos(turn) * x + np.sin(turn) * y, np.cos(turn) * y - np.sin(turn) * x
    cover = np.exp(-(((away - bend * along**2) / rng.uniform(2.5, 5)) ** 2))
    cover = cover * inside(np.hypot(x, y) - radius, 6)
    return rng.uniform(-0.6, 0.8) * cover, cover


def _outline(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, uneven: float) -> Drawing:
    wide, high = np.broadcast_arrays(x, y)
    return outline(rng, wide, high, uneven)
