"""Which patches an epoch shows, and which way round: pure functions of (seed, epoch).

Classes are levelled to 736 a class, the small ones by flips and quarter turns, the large ones by
random reduction (paper, section 2.2). Nothing here touches a pixel.
"""

import dataclasses

import numpy as np

LEVEL = 736  # training patches of a class in one epoch
# A view v of a patch: transposed if v & 4, then flipped up-down if v & 2, left-right if v & 1.
VIEWS = 8


@dataclasses.dataclass(frozen=True)
class Epoch:
    """What one epoch shows, in its order.

    Attributes:
      index: (m,) int32, positions in the split; view: (m,) int32, 0 to 7.
    """

    index: np.ndarray
    view: np.ndarray


def epoch(labels: np.ndarray, seed: int, number: int, level: int = LEVEL) -> Epoch:
    """Draw a levelled, shuffled epoch of random views.

    Every patch of a small class is shown equally often (give or take one); of a class larger
    than `level` a fresh random part in each epoch. The view of each patch shown is a pure
    function of (seed, number, place).

    Args:
      labels: (n,) int, class of each patch; level: patches of each class in the epoch.

    Returns:
      `Epoch` of level times the number of classes present.
    """
    rng = np.random.default_rng([seed, number])
    drawn = [_cycled(rng, np.flatnonzero(labels == label), level) for label in np.unique(labels)]
    index = rng.permutation(np.concatenate(drawn)).astype(np.int32)
    return Epoch(index, rng.integers(0, VIEWS, len(index), dtype=np.int32))


def _cycled(rng: np.random.Generator, members: np.ndarray, count: int) -> np.ndarray:
    """`count` members: each one as often as any other, give or take one."""
    rounds = -(-count // len(members))
    return np.concatenate([rng.permutation(members) for _ in range(rounds)])[:count]
