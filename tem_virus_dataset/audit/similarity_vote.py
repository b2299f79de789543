"""The vote of the blocks: which similarity explains the most of them.

Isolated round particles fit each other by chance, and lift the correlation of two whole
micrographs. They cannot lift the blocks around them: where blocks are matched each on its own, one
that fits by chance lies anywhere.
"""

import numpy as np

from tem_virus_dataset.audit.pair import Similarity

TOLERANCE = 6.0  # nm, between where a block was found and where the similarity puts it
APART = 140.0  # nm, at least, between two blocks that propose a similarity
SCALES = 0.92, 1.08  # the magnification's calibration errs by some per cent
TURN = np.deg2rad(5)
PROPOSALS = 4000  # at most; of a field's blocks most agree, so that far fewer would do
ROUNDS = 3  # of fitting to the blocks that agree


def elect(here: np.ndarray, there: np.ndarray) -> tuple[Similarity, int] | None:
    """Let every two blocks that lie apart propose a similarity, and take the most agreed on.

    Args:
      here, there: (blocks,) complex, x + iy in nm: a block's middle, and where it was found.

    Returns:
      The similarity, fitted to the blocks that agree, and their number; None where no two blocks
      propose one within the limits of scale and rotation.
    """
    one, other = np.triu_indices(len(here), 1)
    apart = np.abs(here[one] - here[other]) >= APART
    thinned = slice(None, None, 1 + int(apart.sum()) // PROPOSALS)
    one, other = one[apart][thinned], other[apart][thinned]
    factors = (there[one] - there[other]) / (here[one] - here[other])
    likely = _likely(factors)
    one, factors = one[likely], factors[likely]
    if not len(factors):
        return None
    offsets = there[one] - factors * here[one]
    errors = np.abs(factors[:, None] * here + offsets[:, None] - there)
    best = (errors <= TOLERANCE).sum(axis=1).argmax()
    found = Similarity(complex(factors[best]), complex(offsets[best]))
    agree = _agree(found, here, there)
    for _ in range(ROUNDS):
        fitted = _fit(here[agree], there[agree])
        again = _agree(fitted, here, there)
        if again.sum() < agree.sum() or not _likely(np.array(fitted.factor)):
            break
        found, agree = fitted, again
    return found, int(agree.sum())


def _likely(factors: np.ndarray) -> np.ndarray:
    scale = np.abs(factors)
    return (SCALES[0] <= scale) & (scale <= SCALES[1]) & (np.abs(np.angle(factors)) <= TURN)


def _agree(similarity: Similarity, here: np.ndarray, there: np.ndarray) -> np.ndarray:
    return np.abs(similarity.factor * here + similarity.offset - there) <= TOLERANCE


def _fit(here: np.ndarray, there: np.ndarray) -> Similarity:
    """Least squares: complex numbers make a similarity a straight line."""
    middle = here.mean()
    spread = here - middle
    factor = complex(np.vdot(spread, there) / np.vdot(spread, spread).real)
    return Similarity(factor, complex(there.mean() - factor * middle))
