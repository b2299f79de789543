"""The paper's two split rules: representative and worst case.

Both assign whole micrographs, never single patches: patches of one micrograph share stain, focus
and specimen, so a patch in train would give away its neighbour in test. Both sort the micrographs
of a class by number of particles, ties by case-insensitive stem, both ascending.

The representative rule then deals them in turn, train, test, train, validation, train, so that each
split gets poor and rich micrographs alike. The worst case cuts the same order into three runs:
train gets the micrographs with the fewest particles, test those with the most. Scores on both show
how much a model depends on the choice of its training micrographs.

The files of the archive follow the representative rule: it reproduces the official split of all
micrographs in the seven classes whose particles can be counted from the published patches.
Source: Matuszewski & Sintorn 2021, section 2.1.
"""

import collections
import itertools
from collections.abc import Mapping

from tem_virus_dataset import facts

DEAL = ("train", "test", "train", "validation", "train")


def representative(particles: Mapping[str, int]) -> dict[str, str]:
    """Assign one class's micrographs to the splits in turn, 3 : 1 : 1.

    Args:
      particles: number of particles of each micrograph, by stem.

    Returns:
      The split of each stem, dealt train, test, train, validation, train, and so on.

    >>> representative({"a": 3, "b": 1, "c": 2})
    {'b': 'train', 'c': 'test', 'a': 'train'}
    """
    return dict(zip(_order(particles), itertools.cycle(DEAL)))


def worst_case(particles: Mapping[str, int]) -> dict[str, str]:
    """Assign the micrographs with the fewest particles to train, those with the most to test.

    The paper gives 60, 20 and 20 %. Here each split has exactly as many micrographs as in the
    representative split, which is the same up to rounding.

    Args:
      particles: number of particles of each micrograph, by stem.

    >>> worst_case({"a": 3, "b": 1, "c": 2})
    {'b': 'train', 'c': 'train', 'a': 'test'}
    """
    split_sizes = collections.Counter(itertools.islice(itertools.cycle(DEAL), len(particles)))
    runs = (itertools.repeat(split, split_sizes[split]) for split in facts.SPLITS)
    return dict(zip(_order(particles), itertools.chain(*runs), strict=True))


def _order(particles: Mapping[str, int]) -> list[str]:
    return sorted(particles, key=lambda stem: (particles[stem], stem.lower()))
