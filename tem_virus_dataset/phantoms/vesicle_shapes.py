"""Shapes of vesicles and of debris: the share of the stain that each excludes.

As in `virus_shapes`, a shape takes a generator, coordinates in nm from the particle's centre and a
radius in nm, and returns a float array of the coordinates' shape, 0 to about 1. The forms are
formulas after the look of exosomes in negative stain; they hold no pixel of a real micrograph.
"""

import numpy as np
import scipy

from tem_virus_dataset.phantoms.virus_shapes import inside, outline


def texture(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, grain: float) -> np.ndarray:
    """Noise of unit variance with grains of about `grain` nm."""
    step = np.hypot(x[0, 1] - x[0, 0], y[0, 1] - y[0, 0])  # nm between two pixels
    noise = scipy.ndimage.gaussian_filter(rng.standard_normal(x.shape), grain / 3 / step)
    return noise / max(noise.std(), 1e-6)


def _wall(r: np.ndarray, radius: float, width: float) -> np.ndarray:
    """Draw a membrane just inside the outline."""
    return np.exp(-(((r - radius + width) / width) ** 2))


def ring(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Draw the textbook vesicle: a bright membrane around a bright lumen."""
    r, angle = outline(rng, x, y * rng.uniform(1, 1.3), rng.uniform(0.03, 0.16))
    lumen = rng.uniform(0.25, 0.65) + 0.1 * texture(rng, x, y, 10)
    uneven = 1 - rng.uniform(0, 0.5) * (0.5 + 0.5 * np.cos(angle))  # one side is fainter
    wall = rng.uniform(0.6, 0.95) * uneven * _wall(r, radius, min(rng.uniform(3, 6), radius / 4))
    return np.maximum(wall, lumen * inside(r - radius))


def cup(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Draw a collapsed vesicle: stain lies in its dent, one side of its rim is broad."""
    r, angle = outline(rng, x, y * rng.uniform(1, 1.4), rng.uniform(0.05, 0.18))
    away = rng.uniform(0.05, 0.4) * radius
    dent, _ = outline(rng, x - away, y, 0.25)
    deep = rng.uniform(0.3, 0.7) * np.exp(-((dent / (rng.uniform(0.35, 0.65) * radius)) ** 4))
    crescent = -0.15 * np.cos(angle) * inside(r - radius)
    body = inside(r - radius) * (rng.uniform(0.6, 0.85) - deep + 0.1 * texture(rng, x, y, 10))
    rim = rng.uniform(0.4, 0.8) * _wall(r, radius, min(4, radius / 4))
    return np.maximum(body + crescent, rim)


def ball(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Draw a full vesicle, which excludes the stain everywhere."""
    r, _ = outline(rng, x, y * rng.uniform(1, 1.35), rng.uniform(0.05, 0.18))
    dome = rng.uniform(0.5, 0.95) - 0.2 * (r / radius) ** 2 + 0.12 * texture(rng, x, y, 14)
    return inside(r - radius, 5) * np.clip(dome, 0.22, 1)


def grainy(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Draw a vesicle covered with stain: granules over its disc, a faint rim."""
    r, _ = outline(rng, x, y * rng.uniform(1, 1.2), rng.uniform(0.03, 0.14))
    granules = 0.14 * texture(rng, x, y, 7) + 0.08 * texture(rng, x, y, 16)
    body = inside(r - radius, 6) * np.clip(rng.uniform(0.3, 0.5) + granules, 0.21, 1)
    return np.maximum(body, rng.uniform(0.3, 0.6) * _wall(r, radius, min(5, radius / 4)))


def stained(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Draw a vesicle that has taken up stain, darker than its surroundings: stain added."""
    r, _ = outline(rng, x, y * rng.uniform(1, 1.3), rng.uniform(0.04, 0.16))
    body = inside(r - radius, 5) * np.clip(0.27 + 0.05 * texture(rng, x, y, 9), 0.21, 1)
    return np.maximum(body, rng.uniform(0.4, 0.7) * _wall(r, radius, min(4, radius / 4)))


def arc(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Draw a scrap of a burst vesicle; debris."""
    r, angle = outline(rng, x, y * rng.uniform(1, 1.5), 0.25)
    closed = np.clip(rng.uniform(0.3, 2) - 3 * np.cos(angle), 0, 1)
    scrap = np.exp(-(((r - radius) / rng.uniform(4, 10)) ** 2)) * closed
    return rng.uniform(0.3, 0.7) * scrap * (1 + 0.2 * texture(rng, x, y, 12))


def speck(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Draw a protein or a lipoprotein; debris."""
    r, _ = outline(rng, x, y * rng.uniform(1, 2.2), 0.3)
    return rng.uniform(0.2, 0.75) * inside(r - radius, 4)


def lump(rng: np.random.Generator, x: np.ndarray, y: np.ndarray, radius: float) -> np.ndarray:
    """Draw a lump of no clear form; debris."""
    r, _ = outline(rng, x, y * rng.uniform(1, 2), 0.5)
    rough = 0.42 + 0.16 * texture(rng, x, y, 20) + 0.12 * texture(rng, x, y, 8)
    return inside(r - radius + 4 * texture(rng, x, y, 14), 6) * np.clip(rough, 0.05, 1)
