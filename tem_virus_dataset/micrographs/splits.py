"""The paper's two split rules: whole micrographs, dealt or ranked within each class.

Both sort a class's micrographs by number of particles, ties by case-insensitive stem, both
ascending. Source: Matuszewski & Sintorn 2021, section 2.1.
"""

import collections
import itertools
from collections.abc import Mapping

from tem_virus_dataset import facts

DEAL = ("train", "test", "train", "validation", "train")


def representative(particles: Mapping[str, int]) -> dict[str, str]:
    """Deal one class's micrographs to the splits, 3 : 1 : 1.

    Args:
      particles: number of particles of each micrograph, by stem.

    Returns:
      The split of each stem, dealt train, test, train, validation, train, and so on.

    >>> representative({"a": 3, "b": 1, "c": 2})
    {'b': 'train', 'c': 'test', 'a': 'train'}
    """
    return dict(zip(_order(particles), itertools.cycle(DEAL)))


def worst_case(particles: Mapping[str, int]) -> dict[str, str]:
    """Give the micrographs with the fewest particles to train, those with the most to test.

    The paper says 60, 20 and 20 %; here each split has exactly as many micrographs as in the
    representative split, which is the same up to rounding.

    Args:
      particles: number of particles of each micrograph, by stem.

    >>> worst_case({"a": 3, "b": 1, "c": 2})
    {'b': 'train', 'c': 'train', 'a': 'test'}
    """
    sizes = collections.Counter(itertools.islice(itertools.cycle(DEAL), len(particles)))
    in_turn = (itertools.repeat(split, sizes[split]) for split in facts.SPLITS)
    return dict(zip(_order(particles), itertools.chain(*in_turn), strict=True))


def _order(particles: Mapping[str, int]) -> list[str]:
    return sorted(particles, key=lambda stem: (particles[stem], stem.lower()))
