import collections
import csv

import pytest

from tem_virus_dataset import facts
from tem_virus_dataset.micrographs.splits import representative, worst_case

# One patch for each particle in these, so the manifest of patches tells the particles.
COUNTABLE = ("Adenovirus", "Astrovirus", "CCHF", "Norovirus", "Orf", "Papilloma", "Rotavirus")


@pytest.mark.parametrize(
    "particles, expected",
    [
        ({}, {}),
        ({"only": 9}, {"only": "train"}),
        (
            {"e": 50, "d": 40, "c": 30, "b": 20, "a": 10, "f": 60},
            {
                "a": "train",
                "b": "test",
                "c": "train",
                "d": "validation",
                "e": "train",
                "f": "train",
            },
        ),
        # ties by stem without regard to case: a, B, c (ASCII order would be B, a, c)
        ({"c": 1, "B": 1, "a": 1}, {"a": "train", "B": "test", "c": "train"}),
        # numbers, not their text: 9 before 10
        ({"ten": 10, "nine": 9}, {"nine": "train", "ten": "test"}),
    ],
)
def test_cases_by_hand(particles, expected):
    assert representative(particles) == expected


def test_three_fifths_train_and_a_fifth_each_for_the_others():
    dealt = list(representative({f"{n:03}": n for n in range(100)}).values())
    assert [dealt.count(split) for split in facts.SPLITS] == [60, 20, 20]


@pytest.mark.parametrize("class_name", COUNTABLE)
def test_every_micrograph_comes_out_where_the_paper_put_it(shared_data, class_name):
    official, particles = {}, collections.Counter()
    with (shared_data / "official/patches_14class_manifest.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            if row["class"] == class_name:
                stem = row["raw_image"].rpartition("/")[2].removesuffix(".tif")
                particles[stem] += 1
                assert official.setdefault(stem, row["split"]) == row["split"]
    assert len(official) >= 30
    assert representative(particles) == official


@pytest.mark.parametrize(
    "particles, expected",
    [
        ({}, {}),
        ({"only": 9}, {"only": "train"}),
        ({"many": 2, "few": 1}, {"few": "train", "many": "test"}),  # as representative: 1, 0, 1
        (
            {"e": 50, "d": 40, "c": 30, "b": 20, "a": 10, "f": 60},
            {
                "a": "train",
                "b": "train",
                "c": "train",
                "d": "train",
                "e": "validation",
                "f": "test",
            },
        ),
        # ties by stem without regard to case: a, B, c, D, e (ASCII order would be B, D, a, c, e)
        (
            {"e": 1, "D": 1, "c": 1, "B": 1, "a": 1},
            {"a": "train", "B": "train", "c": "train", "D": "validation", "e": "test"},
        ),
        ({"ten": 10, "nine": 9, "two": 2}, {"two": "train", "nine": "train", "ten": "test"}),
    ],
)
def test_worst_cases_by_hand(particles, expected):
    assert worst_case(particles) == expected


@pytest.mark.parametrize("number", [*range(1, 23), 100, 745])
def test_the_worst_case_takes_as_many_micrographs_and_goes_by_their_particles(number):
    particles = {f"s{n:03}": n * 7919 % 101 for n in range(number)}
    dealt = worst_case(particles)
    assert collections.Counter(dealt.values()) == collections.Counter(
        representative(particles).values()
    )
    ranges = [[particles[s] for s in dealt if dealt[s] == split] for split in facts.SPLITS]
    ordered = [n for of_split in ranges for n in sorted(of_split)]
    assert ordered == sorted(particles.values())


@pytest.mark.parametrize("class_name", COUNTABLE)
def test_the_worst_case_has_the_tables_counts(shared_data, class_name):
    particles = collections.Counter()
    with (shared_data / "official/patches_14class_manifest.csv").open(newline="") as lines:
        for row in csv.DictReader(lines):
            if row["class"] == class_name:
                particles[row["raw_image"].rpartition("/")[2].removesuffix(".tif")] += 1
    dealt = worst_case(particles)
    found = {s: sum(particles[stem] for stem in dealt if dealt[stem] == s) for s in facts.SPLITS}
    assert found == facts.WORST_CASE[class_name]
    assert sorted(facts.WORST_CASE) == sorted(COUNTABLE)
