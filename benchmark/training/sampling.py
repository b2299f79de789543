"""The patches of an epoch and their D4 transforms: pure functions of (seed, epoch).

Classes differ in size, and macro F1 counts them alike. Every class therefore gives 736 patches to
an epoch (paper, section 2.2): small ones are repeated under random D4 transforms; of large ones a
random part is drawn, another in each epoch. No state is kept between epochs, so that an interrupted
training continues with the patches that it would have had.
"""

import dataclasses

import numpy as np

from tem_virus_dataset.networks import d4_transforms

SAMPLES_PER_CLASS = 736  # training patches of a class in one epoch


@dataclasses.dataclass(frozen=True)
class Epoch:
    """The patches of one epoch, in order.

    Attributes:
      index: (m,) int32, positions in the split; transform: (m,) int32, D4 transform, 0 to 7.
    """

    index: np.ndarray
    transform: np.ndarray


def epoch(
    labels: np.ndarray, seed: int, number: int, samples_per_class: int = SAMPLES_PER_CLASS
) -> Epoch:
    """Draw a class-balanced, shuffled epoch with a random D4 transform for each patch.

    Every patch of a small class is drawn equally often (give or take one); of a class larger than
    `samples_per_class` a random part, another in each epoch.

    Args:
      labels: (n,) int, class of each patch; seed: of the run; number: of the epoch.
      samples_per_class: patches of each class in the epoch.

    Returns:
      `Epoch` of samples_per_class times the number of classes present.
    """
    rng = np.random.default_rng([seed, number])
    drawn = [
        _drawn(rng, np.flatnonzero(labels == label), samples_per_class)
        for label in np.unique(labels)
    ]
    index = rng.permutation(np.concatenate(drawn)).astype(np.int32)
    return Epoch(index, rng.integers(0, d4_transforms.COUNT, len(index), dtype=np.int32))


def _drawn(rng: np.random.Generator, members: np.ndarray, count: int) -> np.ndarray:
    """Draw `count` members, each as often as any other, give or take one."""
    rounds = -(-count // len(members))
    return np.concatenate([rng.permutation(members) for _ in range(rounds)])[:count]
