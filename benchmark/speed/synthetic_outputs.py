"""Synthetic outputs of a detector, as of a micrograph with particles: work for suppression.

A network with random weights predicts no particle anywhere: there would be nothing to suppress.
"""

import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.networks.grid import Grid

POSITIONS_PER_PARTICLE = 1250  # of an image
PREDICTING = 25  # positions that predict one particle


def synthetic_outputs(
    grid: Grid, image_size: int, classes: int, seed: int = 0
) -> NDArray[np.float32]:
    """Return (positions, 5 + classes): x, y, width, height in pixels, and probabilities.

    For a particle, positions of all scales predict boxes that overlap, of two classes; all other
    positions predict that there is none.

    Args:
      grid: of an image; image_size: its pixels.
    """
    rng = np.random.default_rng(seed)
    particles = max(1, len(grid) // POSITIONS_PER_PARTICLE)
    predicting = rng.permutation(len(grid))[: particles * PREDICTING].reshape(particles, -1)
    outputs = np.full((len(grid), 5 + classes), 1e-5, np.float32)
    outputs[:, :2] = (grid.cells + 0.5) * grid.stride[:, None]
    outputs[:, 2:4] = 2 * grid.stride[:, None]
    for at in predicting:
        centre, size = rng.uniform(0, image_size, 2), rng.uniform(0.03, 0.1, 2) * image_size
        outputs[at, :2] = centre + rng.normal(0, 0.1, (len(at), 2)) * size
        outputs[at, 2:4] = size * np.exp(rng.normal(0, 0.15, (len(at), 2)))
        outputs[at, 4] = rng.uniform(0.02, 0.95, len(at))
        likely, other = rng.choice(classes, 2, replace=False)
        outputs[at, 5 + likely] = rng.uniform(0.6, 0.98, len(at))
        outputs[at, 5 + other] = rng.uniform(0.06, 0.3, len(at))
    return outputs
