"""The published numbers, entered a second time here, and what follows from them; no file is read.

Source: Matuszewski & Sintorn 2021, Table 1, and the list of the published patches.
"""

import pytest

from tem_virus_dataset import Builder, ExosomeBuilder, facts
from tem_virus_dataset.files import manifest
from tem_virus_dataset.sources import mirror

# Patches of train, validation and test, as published.
PATCHES = """
Adenovirus    160   44   86
Astrovirus    266   86   66
CCHF          249  100   86
Cowpox        189   72   59
Ebola        1118  469  363
Influenza     497  281  170
Lassa         279  114  128
Marburg       511  174  173
Nipah virus   142   40   35
Norovirus     231  104   84
Orf            92   76   31
Papilloma     693  227  187
Rift Valley  1144  414  392
Rotavirus     169   48   40
"""

# Diameter in nm, micrographs and particles in all, as Table 1 has them.
TABLE_1 = """
Adenovirus     80   67  290
Astrovirus     25   76  418
CCHF          120   74  435
Cowpox        270   50  316
Dengue         45   32  131
Ebola          80  109  303
Guanarito     140   21   48
Influenza     110   94  648
LCM           120   37   55
Lassa         140  104  394
Machupo       120   33  108
Marburg        80   95  130
Nipah virus    95   41  114
Norovirus      30   54  419
Orf           145   64  199
Papilloma      55   31 1107
Pseudocowpox  145   34   83
Rift Valley    90  129 1934
Rotavirus      80   36  257
Sapovirus      30   14   38
TBE            50   41   62
WestNile       50    9  188
"""


def rows(table):
    """Numbers of each row, by its name."""
    split = (line.rsplit(maxsplit=3) for line in table.strip().splitlines())
    return {name: tuple(map(int, numbers)) for name, *numbers in split}


def totals(counts):
    """Examples of train, validation and test, over all classes."""
    return [sum(row[split] for row in counts.values()) for split in facts.SPLITS]


def test_the_patches_of_each_class_and_split():
    assert {n: tuple(row.values()) for n, row in facts.PATCHES_14CLASS.items()} == rows(PATCHES)
    assert list(rows(PATCHES)) == list(facts.CLASSES_14) == sorted(facts.CLASSES_14)
    assert totals(facts.PATCHES_14CLASS) == [5740, 2249, 1900]


def test_table_1():
    found = {
        name: (
            facts.DIAMETER_NM[name],
            sum(facts.MICROGRAPHS_22CLASS[name].values()),
            sum(facts.PARTICLES_22CLASS[name].values()),
        )
        for name in facts.CLASSES_22
    }
    assert found == rows(TABLE_1)
    assert list(found) == sorted(found)
    assert totals(facts.MICROGRAPHS_22CLASS) == [745, 248, 252]


@pytest.mark.parametrize("name", facts.WORST_CASE)
def test_where_a_patch_is_a_particle_all_tables_agree(name):
    """Of one point each, so that the paper's particles are the published patches."""
    assert facts.PATCHES_14CLASS[name] == facts.PARTICLES_22CLASS[name]
    assert sum(facts.WORST_CASE[name].values()) == sum(facts.PATCHES_14CLASS[name].values())


@pytest.mark.parametrize(
    "name, expected",
    [
        ("patches_14class", [5740, 2249, 1900]),
        ("patches_22class", [6135, 2410, 2057]),
        ("balanced_14class", [14 * 736, 2249, 1900]),
        ("recropped_14class", [5740, 2249, 1900]),
        ("micrographs_22class", [745, 248, 252]),
        ("mirror_11class", [3075, 1071, 984]),
        ("mirror_11class_boxes", [418, 141, 142]),
        ("mirror_11class_sessions", [3004, 638, 1488]),
        ("mirror_11class_sessions_boxes", [368, 119, 214]),
        ("phantom_14class", [292, 112, 84]),
    ],
)
def test_the_totals_of_every_config(name, expected):
    assert totals(Builder.builder_configs[name].expected) == expected


@pytest.mark.parametrize(
    "name, expected",
    [
        ("cbia", [43, 14, 15]),
        ("phantom", [24, 8, 8]),
        ("sim_to_real", [240, 40, 25]),
        ("sim_to_real_aggregates", [600, 60, 25]),
    ],
)
def test_the_totals_of_every_config_of_exosomes(name, expected):
    assert totals(ExosomeBuilder.builder_configs[name].expected) == expected


def test_the_mirror_has_as_many_micrographs_of_each_class_as_its_manifest_lists():
    folders = {folder: split for split, folder in mirror.FOLDERS.items()}
    found = {name: dict.fromkeys(facts.SPLITS, 0) for name in mirror.CLASSES}
    for path in manifest.shipped("mirror"):
        part, folder, name = path.split("/")
        if part == "images":
            found[name.partition("_")[0]][folders[folder]] += 1
    assert found == dict(mirror.MICROGRAPHS)
