"""The vote of the blocks: the similarity transform that explains most of the matched blocks.

Why a vote and not one correlation: round particles on an even background fit each other by chance,
so two unrelated micrographs of one class can correlate highly as a whole. Blocks are matched
independently of each other. If both micrographs show one field, nearly all blocks agree on one
shift, scale and rotation. If they do not, each block fits best at a place of its own, and no
transform explains many of them.

The vote is a RANSAC without randomness: every two blocks that lie far apart propose the transform
that maps both exactly; the proposal that most blocks agree with, within `TOLERANCE`, wins; least
squares over the agreeing blocks then refine it. Points are complex numbers x + iy, so that a
similarity is z -> factor * z + offset, and its fit a straight line's.
"""

import numpy as np

from tem_virus_dataset.audit.pair import Similarity

TOLERANCE = 6.0  # nm, between the match of a block and where the similarity maps the block
APART = 140.0  # nm, at least, between two blocks that propose a similarity
SCALES = 0.92, 1.08  # the calibration of magnifications errs by some per cent
ROTATION = np.deg2rad(5)
PROPOSALS = 4000  # at most; most blocks of one field agree, so fewer would do
ROUNDS = 3  # of least squares over the agreeing blocks


def elect(here: np.ndarray, there: np.ndarray) -> tuple[Similarity, int] | None:
    """Return the similarity that most blocks agree with.

    Args:
      here, there: (blocks,) complex, x + iy in nm: a block's middle, and the middle of its match.

    Returns:
      The similarity, fitted to the agreeing blocks, and their number; None where no two blocks
      propose one within the limits of scale and rotation.
    """
    first, second = np.triu_indices(len(here), 1)
    apart = np.abs(here[first] - here[second]) >= APART
    thinned = slice(None, None, 1 + int(apart.sum()) // PROPOSALS)
    first, second = first[apart][thinned], second[apart][thinned]
    factors = (there[first] - there[second]) / (here[first] - here[second])
    likely = _likely(factors)
    first, factors = first[likely], factors[likely]
    if not len(factors):
        return None
    offsets = there[first] - factors * here[first]
    errors = np.abs(factors[:, None] * here + offsets[:, None] - there)
    best = (errors <= TOLERANCE).sum(axis=1).argmax()
    winner = Similarity(complex(factors[best]), complex(offsets[best]))
    agree = _agree(winner, here, there)
    for _ in range(ROUNDS):
        fitted = _fit(here[agree], there[agree])
        agree_again = _agree(fitted, here, there)
        if agree_again.sum() < agree.sum() or not _likely(np.array(fitted.factor)):
            break
        winner, agree = fitted, agree_again
    return winner, int(agree.sum())


def _likely(factors: np.ndarray) -> np.ndarray:
    scale = np.abs(factors)
    return (SCALES[0] <= scale) & (scale <= SCALES[1]) & (np.abs(np.angle(factors)) <= ROTATION)


def _agree(similarity: Similarity, here: np.ndarray, there: np.ndarray) -> np.ndarray:
    return np.abs(similarity.factor * here + similarity.offset - there) <= TOLERANCE


def _fit(here: np.ndarray, there: np.ndarray) -> Similarity:
    """Least squares: complex numbers make a similarity a straight line."""
    middle = here.mean()
    spread = here - middle
    factor = complex(np.vdot(spread, there) / np.vdot(spread, spread).real)
    return Similarity(factor, complex(there.mean() - factor * middle))
