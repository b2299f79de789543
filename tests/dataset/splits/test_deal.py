"""How files are dealt to the splits: none empty, the same in any order, and never again."""

import collections
import random

import pytest

from tem_virus_dataset.splits.deal import Item, deal, divided_groups

SPLITS = ("train", "validation", "test")


def micrographs(number: int, seed: int, classes: int, empty: float = 0.0) -> list[Item]:
    draw = random.Random(seed)
    return [
        Item(
            f"day{n % 3}/{n:03}.tif",
            f"day{n % 3}/{n:03}.tif",
            {}
            if draw.random() < empty
            else {f"class{draw.randrange(classes)}": draw.randint(1, 9) for _ in range(2)},
        )
        for n in range(number)
    ]


@pytest.mark.parametrize("number", range(3, 31))
def test_splits_of_small_folders_are_not_empty_and_near_their_shares(number: int) -> None:
    for seed in range(20):
        items = micrographs(number, seed, 1 + seed % 3, empty=0.2)
        splits = deal(items, {})
        counts = collections.Counter(splits.values())
        assert set(counts) == set(SPLITS)
        for split, share in zip(SPLITS, (0.6, 0.2, 0.2), strict=True):
            assert abs(counts[split] - share * number) <= 1.5
        with_labels = [item for item in items if item.labels]
        if len(with_labels) >= 3:
            assert {splits[item.name] for item in with_labels} == set(SPLITS)


def test_the_order_of_a_listing_does_not_matter() -> None:
    items = micrographs(17, 0, 3)
    wanted = deal(items, {})
    for seed in range(5):
        random.Random(seed).shuffle(items)
        assert deal(items, {}) == wanted


def test_files_that_are_added_move_no_other() -> None:
    for seed in range(50):
        items = micrographs(12 + 8, seed, 2)
        first = deal(items[:12], {})
        second = deal(items, first)
        assert {name: second[name] for name in first} == first
        counts = collections.Counter(second.values())
        assert counts == {"train": 12, "validation": 4, "test": 4}


def test_every_class_has_a_file_to_train_on() -> None:
    """The rarest class has one file; a training refuses classes that train has no box of."""
    items = [Item(f"{n}.png", f"{n}.png", {"common": 3}) for n in range(9)]
    items.append(Item("r.png", "r.png", {"common": 5, "rare": 1}))
    assert deal(items, {})["r.png"] == "train"


def test_patches_of_a_micrograph_stay_together_also_when_some_are_added() -> None:
    items = [Item(f"A/m{n}/{k}.png", f"m{n}", {"A": 1}) for n in range(6) for k in range(4)]
    splits = deal(items[::2], {}, in_every_split=True)
    again = deal(items, splits, in_every_split=True)
    assert not divided_groups(items, again)
    assert set(again.values()) == set(SPLITS)
    apart = again | {items[0].name: "test", items[1].name: "train"}
    assert divided_groups(items, apart) == ["m0"]


def test_each_class_is_in_every_split_where_it_has_three_micrographs() -> None:
    items = [
        Item(f"{name}/{n}.png", f"{name}/{n}", {name: 1})
        for name, number in {"A": 3, "B": 4, "C": 25}.items()
        for n in range(number)
    ]
    splits = deal(items, {}, in_every_split=True)
    found = {(next(iter(item.labels)), splits[item.name]) for item in items}
    assert len(found) == 9
