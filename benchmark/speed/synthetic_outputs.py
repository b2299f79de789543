"""What a trained detector could have said of a micrograph: work for non-maximum suppression.

One with random weights says nothing anywhere, so that there would be nothing to suppress.
"""

import numpy as np
from numpy.typing import NDArray

from benchmark.detection.yolo.grid import Grid

EACH = 1250  # positions of a picture for one particle of it
SEEN_BY = 25  # positions that say something of a particle


def made(where: Grid, side: int, classes: int, seed: int = 0) -> NDArray[np.float32]:
    """Return (positions, 5 + classes): x, y, width, height in pixels, and probabilities.

    About a particle, positions of all scales say boxes that overlap, two classes each; all the
    others are sure that there is none.
    """
    rng = np.random.default_rng(seed)
    particles = max(1, len(where) // EACH)
    seen = rng.permutation(len(where))[: particles * SEEN_BY].reshape(particles, -1)
    said = np.full((len(where), 5 + classes), 1e-5, np.float32)
    said[:, :2] = (where.cells + 0.5) * where.stride[:, None]
    said[:, 2:4] = 2 * where.stride[:, None]
    for at in seen:
        centre, size = rng.uniform(0, side, 2), rng.uniform(0.03, 0.1, 2) * side
        said[at, :2] = centre + rng.normal(0, 0.1, (len(at), 2)) * size
        said[at, 2:4] = size * np.exp(rng.normal(0, 0.15, (len(at), 2)))
        said[at, 4] = rng.uniform(0.02, 0.95, len(at))
        likely, other = rng.choice(classes, 2, replace=False)
        said[at, 5 + likely] = rng.uniform(0.6, 0.98, len(at))
        said[at, 5 + other] = rng.uniform(0.06, 0.3, len(at))
    return said
