"""Folds of train and validation: whole groups, every class to learn from, the same every time."""

import collections

import numpy as np
import pytest
import small_folds

from benchmark.errors import BenchmarkError, UsageError
from benchmark.search import folds
from tem_virus_dataset.audit import clean
from tem_virus_dataset.micrographs import sessions
from tem_virus_dataset.sources import mirror

DATA = small_folds.data()


def learned() -> tuple[list[str], np.ndarray]:
    """Micrographs and labels of train and validation of the small config."""
    parts = [DATA.splits[split] for split in ("train", "validation")]
    micrographs = [str(name) for part in parts for name in part.micrographs]
    return micrographs, np.concatenate([part.labels for part in parts])


def mirrors() -> tuple[list[str], np.ndarray]:
    """The same of the mirror: one patch of each micrograph that the table of sessions lists."""
    names = sorted(sessions.shipped())
    micrographs = [f"train/{class_name}/{stem}" for class_name, stem in names]
    return micrographs, np.array([mirror.CLASSES.index(name) for name, _ in names])


@pytest.mark.parametrize("kind", folds.KINDS)
@pytest.mark.parametrize("count", [2, 3, 5])
def test_no_group_of_the_mirror_is_divided_and_every_class_can_be_learned(
    kind: str, count: int
) -> None:
    micrographs, labels = mirrors()
    fold = folds.assigned(micrographs, labels, mirror.CLASSES, kind, count)
    names = [folds._name(name) for name in micrographs]
    group_of = folds.groups(names, kind)
    in_folds = collections.defaultdict(set)
    for name, number in zip(names, fold.tolist(), strict=True):
        in_folds[group_of[name]].add(number)
    assert all(len(numbers) == 1 for numbers in in_folds.values())
    for number in range(count):
        assert set(labels[fold != number]) == set(range(len(mirror.CLASSES)))
    for first, second in clean.same_field():
        assert group_of[first] == group_of[second]


def test_folds_by_micrograph_have_each_class_alike() -> None:
    micrographs, labels = mirrors()
    fold = folds.assigned(micrographs, labels, mirror.CLASSES, "micrograph", 5)
    counts = np.array([np.bincount(labels[fold == number], minlength=11) for number in range(5)])
    assert (counts.max(axis=0) - counts.min(axis=0) <= 2).all()


@pytest.mark.parametrize("kind", folds.KINDS)
def test_the_order_of_the_patches_changes_nothing(kind: str) -> None:
    micrographs, labels = learned()
    order = np.random.default_rng(0).permutation(len(labels))
    fold = folds.assigned(micrographs, labels, DATA.classes, kind, 2)
    shuffled = folds.assigned([micrographs[i] for i in order], labels[order], DATA.classes, kind, 2)
    assert shuffled.tolist() == fold[order].tolist()
    assert folds.digest(micrographs, fold) == folds.digest(
        [micrographs[i] for i in order], shuffled
    )


def test_micrographs_that_overlap_a_third_are_one_group_even_if_it_is_in_no_fold() -> None:
    names = [("Orf", "1"), ("Orf", "2"), ("Orf", "3")]
    pairs = [(("Orf", "1"), ("Orf", "test")), (("Orf", "test"), ("Orf", "3"))]
    group = folds.groups(names, "micrograph", pairs=pairs)
    assert group[names[0]] == group[names[2]] != group[names[1]]


def test_sessions_that_show_one_field_are_one_group() -> None:
    session_of = {("Orf", "1"): "a", ("Orf", "2"): "a", ("Orf", "9"): "b", ("Orf", "20"): "c"}
    pairs = [(("Orf", "2"), ("Orf", "9"))]
    group = folds.groups(session_of, "session", session_of, pairs)
    assert len({group["Orf", stem] for stem in ("1", "2", "9")}) == 1
    assert group["Orf", "20"] != group["Orf", "1"]


def test_sessions_of_one_name_in_two_classes_are_two_groups() -> None:
    group = folds.groups(
        [("Adenovirus", "B3-65k-070920_3"), ("Rotavirus", "B3-080201_1")], "session"
    )
    assert len(set(group.values())) == 2


def test_a_class_of_one_session_is_refused() -> None:
    micrographs, labels = learned()
    kept = [i for i, name in enumerate(micrographs) if "/Orf/6" not in name]
    with pytest.raises(BenchmarkError, match=r"fold \d: found no patch of Orf outside of it"):
        folds.assigned([micrographs[i] for i in kept], labels[kept], DATA.classes, "session", 2)


def test_a_micrograph_without_a_known_session_is_refused() -> None:
    micrographs, labels = learned()
    micrographs[3] = "train/Adenovirus/mine"
    with pytest.raises(BenchmarkError, match=r"Adenovirus/mine: no session .*--groups micrograph"):
        folds.assigned(micrographs, labels, DATA.classes, "session", 2)


@pytest.mark.parametrize("count", [1, 10])
def test_a_number_of_folds_that_does_not_fit_is_refused(count: int) -> None:
    with pytest.raises(UsageError, match=f"--folds {count}: found 9 groups of the kind session"):
        folds.assigned(*learned(), DATA.classes, "session", count)
