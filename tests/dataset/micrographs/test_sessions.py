"""The rule of imaging sessions; the shipped table is derived anew from the mirror's file names."""

import collections
import re
from pathlib import Path

import pytest

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.micrographs import sessions
from tem_virus_dataset.sources import mirror

MANIFEST = Path(mirror.__file__).with_name("mirror.sha256")
TABLE = Path(sessions.__file__).with_name(sessions.TABLE)
SPLITS = {folder: split for split, folder in mirror.FOLDERS.items()}
FEWEST = {
    "Orf": 2, "Papilloma": 2, "CCHF": 3, "Cowpox": 3, "Marburg": 3, "Ebola": 4, "Rift Valley": 4
}  # fmt: skip


def stems() -> dict[str, dict[str, str]]:
    """Split by class and stem, as the manifest of the mirror's files names them."""
    found: dict[str, dict[str, str]] = collections.defaultdict(dict)
    names = re.findall(r"images/(\w+)/([^_\n]+)_(.+)\.jpg$", MANIFEST.read_text("utf-8"), re.M)
    for folder, class_name, stem in names:
        found[class_name][stem] = SPLITS[folder]
    return found


def test_the_table_is_what_the_rule_gives_for_the_names_of_the_mirror() -> None:
    rows = [
        (class_name, stem, split_of[stem], session)
        for class_name, split_of in stems().items()
        for stem, session in sessions.sessions(split_of).items()
    ]
    assert len(rows) == 701
    lines = ["\t".join(row) + "\n" for row in (sessions.COLUMNS, *sorted(rows))]
    assert TABLE.read_text("utf-8") == "".join(lines)


def test_each_class_has_the_sessions_that_were_counted() -> None:
    of_class = collections.defaultdict(set)
    for (class_name, _), session in sessions.shipped().items():
        of_class[class_name].add(session)
    assert set(of_class) == set(mirror.CLASSES)
    assert {name: len(of_class[name]) for name in FEWEST} == FEWEST
    assert min(map(len, of_class.values())) == 2


def test_a_gap_of_more_than_forty_numbers_begins_a_session() -> None:
    found = sessions.sessions(["41", "81", "1", "122", "123"])
    assert found == {"1": "1-81", "41": "1-81", "81": "1-81", "122": "122-123", "123": "122-123"}


def test_numbers_are_ordered_as_numbers() -> None:
    assert sessions.sessions(["990", "1010"]) == {"990": "990-1010", "1010": "990-1010"}


@pytest.mark.parametrize(
    "stem, session",
    [
        ("B2-65-070913_9", "B2-070913"),
        ("A4-93k-071120_17_0", "A4-071120"),
        ("B2-65k-071019_1a", "B2-071019"),
        ("103279-B6-090323_10", "103279-B6-090323"),
        ("L3-080213_7", "L3-080213"),
    ],
)
def test_the_magnification_is_no_part_of_the_session(stem: str, session: str) -> None:
    assert sessions.sessions([stem]) == {stem: session}


def test_a_name_without_number_or_day_is_refused() -> None:
    with pytest.raises(DatasetError, match=r"'patch_7'.*expected a number, or SPECIMEN-DAY_NUMBER"):
        sessions.sessions(["515", "patch_7"])
