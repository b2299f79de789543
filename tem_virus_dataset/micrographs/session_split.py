"""A split of whole imaging sessions: what a model is tested on was recorded on another day.

The official split shares nearly every session between train and test. Here a session lies in one
split alone, so a score says how well a model does on a session that it has not seen.

The rule, for each class by itself: of all ways to give each group of sessions to train, validation
or test, the one is taken whose shares are closest to 60, 20 and 20 %. Shares of examples and shares
of micrographs count alike, as the sum of squared differences. It looks at counts and names only.
Of ways that are equally close, the one with more examples in test is taken, then with more in
validation, then the first in the order of the groups' names.

A class of two groups cannot fill three splits. Its test split is a group of its own; validation
takes every fourth field of the other group, in the order of their examples. So for such a class
validation is of known sessions, and only test is not.
"""

import collections
import itertools
from collections.abc import Collection, Mapping
from fractions import Fraction

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError

SHARES = (Fraction(3, 5), Fraction(1, 5), Fraction(1, 5))  # of train, validation and test
SHARES_OF_TWO = (Fraction(4, 5), Fraction(1, 5))  # of train with validation, and test
EVERY = 4  # of two groups: of so many fields of the first, validation takes the second
MOST = 10  # groups of a class: all ways are tried

Size = tuple[int, int]  # examples, micrographs


def assigned(
    group_of: Mapping[str, str], field_of: Mapping[str, str], examples: Mapping[str, int]
) -> dict[str, str]:
    """Assign the micrographs of one class to the splits.

    Args:
      group_of: group of sessions of each micrograph, by stem; never divided between test and
        another split.
      field_of: field of view of each micrograph, by stem; never divided at all. A field lies in one
        group.
      examples: number of examples of each micrograph, by stem.

    Returns:
      The split of each stem.

    Raises:
      DatasetError: there is one group only, there are more than 10, or one of two groups has a
        single field.

    >>> assigned(dict(zip("abc", "xyz")), dict(zip("abc", "abc")), {"a": 9, "b": 3, "c": 2})
    {'a': 'train', 'b': 'test', 'c': 'validation'}
    """
    sizes = _sizes(group_of, examples)
    if not 2 <= len(sizes) <= MOST:
        raise DatasetError(
            f"found {len(sizes)} groups of imaging sessions ({', '.join(list(sizes)[:3])}); "
            f"expected 2 to {MOST}, so that test holds sessions of its own. Use the official split."
        )
    if len(sizes) > 2:
        split_of = dict(zip(sizes, _closest(list(sizes.values()), SHARES), strict=True))
        names = [facts.SPLITS[split_of[group]] for group in group_of.values()]
        return dict(zip(group_of, names, strict=True))
    in_test = dict(zip(sizes, _closest(list(sizes.values()), SHARES_OF_TWO), strict=True))
    known = [stem for stem, group in group_of.items() if not in_test[group]]
    return {
        stem: "test" if in_test[group] else "train" for stem, group in group_of.items()
    } | dict.fromkeys(_every_fourth(known, field_of, examples), "validation")


def _sizes(group_of: Mapping[str, str], examples: Mapping[str, int]) -> dict[str, Size]:
    """Return the numbers of examples and micrographs of each group, by name, in their order."""
    micrographs = collections.Counter(group_of.values())
    total: collections.Counter[str] = collections.Counter()
    for stem, group in group_of.items():
        total[group] += examples[stem]
    return {group: (total[group], micrographs[group]) for group in sorted(micrographs)}


def _closest(sizes: list[Size], shares: tuple[Fraction, ...]) -> tuple[int, ...]:
    """Return the index into `shares` of each group; every share has a group."""
    totals = [max(1, sum(column)) for column in zip(*sizes, strict=True)]

    def distance(ways: tuple[int, ...]) -> tuple[Fraction, ...]:
        sums = [[0, 0] for _ in shares]
        for way, size in zip(ways, sizes, strict=True):
            for column, number in enumerate(size):
                sums[way][column] += number
        differences = (
            Fraction(number, total) - share
            for share, row in zip(shares, sums, strict=True)
            for number, total in zip(row, totals, strict=True)
        )
        more_examples = (Fraction(-row[0]) for row in reversed(sums))
        return sum(d * d for d in differences) + Fraction(0), *more_examples

    all_ways = itertools.product(range(len(shares)), repeat=len(sizes))
    return min((ways for ways in all_ways if len(set(ways)) == len(shares)), key=distance)


def _every_fourth(
    stems: Collection[str], field_of: Mapping[str, str], examples: Mapping[str, int]
) -> list[str]:
    """Return the stems of every fourth field, those with the fewest examples first."""
    members = collections.defaultdict(list)
    for stem in stems:
        members[field_of[stem]].append(stem)
    if len(members) < 2:
        raise DatasetError(
            f"{min(stems)}: found one field in the sessions of train and validation; expected two, "
            "one for each. Use the official split."
        )
    order = sorted(
        members.values(),
        key=lambda field: (sum(examples[stem] for stem in field), min(field).lower(), min(field)),
    )
    return [stem for field in order[1::EVERY] for stem in field]
