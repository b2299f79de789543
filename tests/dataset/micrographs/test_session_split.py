"""The split by session: whole groups, shares by counts alone, the same whatever the order."""

import itertools
import random

import pytest

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.micrographs import session_split


def assigned(groups, fields=None):
    """Split micrographs given as group -> examples of each; stems are `group0`, `group1`, ..."""
    stems = {f"{g}{n}": (g, count) for g, row in groups.items() for n, count in enumerate(row)}
    group_of = {stem: group for stem, (group, _) in stems.items()}
    examples = {stem: count for stem, (_, count) in stems.items()}
    return session_split.assigned(
        group_of, {stem: stem for stem in stems} | (fields or {}), examples
    )


def splits_of(groups, **more):
    found = {}
    for stem, split in assigned(groups, **more).items():
        found.setdefault(stem[0], set()).add(split)
    return found


@pytest.mark.parametrize(
    "groups, expected",
    [
        ({"a": [60], "b": [20], "c": [20]}, "train validation test"),  # the first of equal ways
        ({"a": [20], "b": [60], "c": [21]}, "validation train test"),  # test is not the smaller
        ({"a": [10, 10], "b": [30, 30], "c": [10, 10]}, "validation train test"),
        ({"a": [30], "b": [30], "c": [20], "d": [20]}, "train train validation test"),
        ({"a": [5], "b": [95], "c": [1]}, "test train validation"),
    ],
)
def test_shares_are_as_close_to_3_1_1_as_whole_groups_allow(groups, expected):
    assert splits_of(groups) == {
        group: {split} for group, split in zip(groups, expected.split(), strict=True)
    }


def test_micrographs_count_as_much_as_examples():
    assert splits_of({"a": [10], "b": [2] * 5})["a"] == {"test"}
    assert splits_of({"a": [2] * 5, "b": [10]})["b"] == {"test"}


def test_no_other_way_is_closer():
    rng = random.Random(1)
    for _ in range(20):
        groups = {g: [rng.randint(1, 30)] * rng.randint(1, 9) for g in "abcde"}
        sizes = {g: (sum(row), len(row)) for g, row in groups.items()}
        totals = [sum(column) for column in zip(*sizes.values(), strict=True)]

        def distance(split_of, sizes=sizes, totals=totals):
            return sum(
                (sum(size[k] for g, size in sizes.items() if split_of[g] == s) / totals[k] - share)
                ** 2
                for s, share in (("train", 0.6), ("validation", 0.2), ("test", 0.2))
                for k in (0, 1)
            )

        found = {group: split for group, (split,) in splits_of(groups).items()}
        ways = itertools.product(("train", "validation", "test"), repeat=5)
        best = min(distance(dict(zip("abcde", w, strict=True))) for w in ways if len(set(w)) == 3)
        assert distance(found) == pytest.approx(best)


def test_of_two_groups_the_smaller_is_tested_and_validation_is_every_fourth_field_of_the_other():
    found = assigned({"a": [5, 1, 4, 2, 3, 6], "b": [3, 3]})
    assert {stem for stem, split in found.items() if split == "test"} == {"b0", "b1"}
    assert {stem for stem, split in found.items() if split == "validation"} == {"a3", "a5"}


def test_a_field_of_two_groups_is_not_divided():
    fields = {"a1": "x", "a5": "x", "a3": "y", "a0": "y"}
    found = assigned({"a": [5, 1, 4, 2, 3, 6], "b": [3, 3]}, fields)
    assert found["a1"] == found["a5"]
    assert found["a3"] == found["a0"]
    assert {"train", "validation"} == {found[f"a{n}"] for n in range(6)}


def test_the_order_of_the_names_changes_nothing():
    groups = {g: [n + 1] * (n + 2) for n, g in enumerate("abcdef")}
    other = dict(reversed(groups.items()))
    assert assigned(groups) == assigned(other)


@pytest.mark.parametrize(
    "groups, fields, said",
    [
        ({"a": [1, 2]}, None, r"found 1 groups of imaging sessions \(a\); expected 2 to 10"),
        ({chr(97 + n): [1] for n in range(11)}, None, "found 11 groups"),
        ({"a": [1, 2], "b": [1]}, {"a0": "x", "a1": "x"}, "a0: found one field"),
    ],
)
def test_what_cannot_be_split_is_refused(groups, fields, said):
    with pytest.raises(DatasetError, match=said):
        assigned(groups, fields)
