"""The configs made of the published patches: worst case, balanced, and all 22 classes."""

import collections

import numpy as np
import pytest
import small_archive

from tem_virus_dataset import Builder, facts
from tem_virus_dataset.micrographs import splits


@pytest.fixture(scope="module")
def built(archive, tmp_path_factory):
    """Examples by id, of a config of the small archive."""

    def examples(name):
        config = next(c for c in small_archive.CONFIGS if c.name == f"small_{name}")
        builder = small_archive.build(archive, tmp_path_factory.mktemp(name), config)
        found = list(builder.examples())
        assert len({e["id"] for e in found}) == len(found)
        return {e["id"]: e for e in found}

    return examples


@pytest.fixture(scope="module")
def worst_case(built):
    return built("patches_14class_worst_case")


@pytest.fixture(scope="module")
def balanced(built):
    return built("balanced_14class")


@pytest.fixture(scope="module")
def all_classes(built):
    return built("patches_22class")


def label_is_class(examples, classes):
    return all(classes[e["label"]] == i.split("/")[1] for i, e in examples.items())


def dealt(class_name):
    """The worst-case split of each micrograph of a class, and its official `split/Class/stem`."""
    official = {
        stem: f"{split}/{class_name}/{stem}"
        for split in facts.SPLITS
        for stem in small_archive.MICROGRAPHS[split, class_name]
    }
    particles = {stem: len(small_archive.raw(m).particles) for stem, m in official.items()}
    return {stem: (split, official[stem]) for stem, split in splits.worst_case(particles).items()}


def test_the_worst_case_has_the_official_patches_named_after_their_micrographs(worst_case):
    expected = {}
    for class_name in facts.CLASSES_14:
        for stem, (split, official) in dealt(class_name).items():
            for patch, micrograph in small_archive.PATCHES.items():
                if micrograph == official:
                    number = patch.rpartition("_")[2]
                    expected[f"{split}/{class_name}/{stem}_{number}"] = (
                        f"{split}/{class_name}/{stem}",
                        patch,
                    )
    assert {i: e["micrograph"] for i, e in worst_case.items()} == {
        i: micrograph for i, (micrograph, _) in expected.items()
    }
    assert len(expected) == len(small_archive.PATCHES)
    for patch, (_, official) in expected.items():
        np.testing.assert_array_equal(
            worst_case[patch]["image"][..., 0], small_archive.pixels(official)
        )
    assert label_is_class(worst_case, facts.CLASSES_14)


def test_the_worst_case_counts_particles_not_patches(worst_case):
    """J's three patches are one particle's; B1 and H have two particles, more than all others."""
    split_of = {i.split("/")[2]: i.split("/")[0] for i in worst_case if "/Adenovirus/" in i}
    assert split_of["J_3"] == "validation"
    assert split_of["B1_2"] == split_of["H_2"] == "test"


def test_the_worst_case_table_adds_up_to_the_official_one():
    expected = Builder.builder_configs["patches_14class_worst_case"].expected
    assert tuple(expected) == facts.CLASSES_14
    for name, row in expected.items():
        assert sum(row.values()) == sum(facts.PATCHES_14CLASS[name].values())


def test_balanced_trains_on_the_published_copies(balanced):
    train = {i: e for i, e in balanced.items() if i.startswith("train/")}
    assert sorted(train) == sorted(
        f"train/{name}/{copy}"
        for name, copies in small_archive.AUGMENTED.items()
        for copy in copies
    )
    for patch, example in train.items():
        _, class_name, name = patch.split("/")
        original = f"train/{class_name}/{small_archive.AUGMENTED[class_name][name]}"
        assert example["micrograph"] == small_archive.PATCHES[original]
        turned = np.rot90(small_archive.pixels(original), name.count("_") - 1)
        np.testing.assert_array_equal(example["image"][..., 0], turned)
    assert label_is_class(balanced, facts.CLASSES_14)


def test_balanced_leaves_validation_and_test_as_published(balanced):
    rest = {i: e for i, e in balanced.items() if not i.startswith("train/")}
    assert {i: e["micrograph"] for i, e in rest.items()} == {
        i: m for i, m in small_archive.PATCHES.items() if not i.startswith("train/")
    }
    for patch, example in rest.items():
        np.testing.assert_array_equal(example["image"][..., 0], small_archive.pixels(patch))


def test_22_classes_hold_the_excluded_ones_too(all_classes):
    assert {i: e["micrograph"] for i, e in all_classes.items()} == small_archive.ALL_PATCHES
    for patch, example in all_classes.items():
        np.testing.assert_array_equal(example["image"][..., 0], small_archive.pixels(patch))
    assert label_is_class(all_classes, facts.CLASSES_22)
    excluded = collections.Counter(i.split("/")[1] for i in all_classes)
    assert all(excluded[name] == 3 for name in facts.EXCLUDED)


@pytest.mark.parametrize("name", ["patches_22class", "micrographs_22class"])
def test_labels_are_in_ascii_order(name):
    classes = Builder.builder_configs[name].classes
    assert list(classes) == sorted(classes)
    assert classes.index("LCM") + 1 == classes.index("Lassa")  # not so without regard to case
    assert len(classes) == 22
