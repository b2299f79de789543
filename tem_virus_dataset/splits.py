"""The paper's split rule: whole micrographs, representative of each class.

Source: Matuszewski & Sintorn 2021, section 2.1.
"""

import itertools
from collections.abc import Mapping

DEAL = ("train", "test", "train", "validation", "train")


def representative(particles: Mapping[str, int]) -> dict[str, str]:
    """Deal one class's micrographs to the splits, 3 : 1 : 1.

    Args:
      particles: number of particles of each micrograph, by stem.

    Returns:
      The split of each stem: sorted by number of particles, ties by case-insensitive stem, both
      ascending, and dealt train, test, train, validation, train, and so on.

    >>> representative({"a": 3, "b": 1, "c": 2})
    {'b': 'train', 'c': 'test', 'a': 'train'}
    """
    order = sorted(particles, key=lambda stem: (particles[stem], stem.lower()))
    return dict(zip(order, itertools.cycle(DEAL)))
