"""Imaging sessions: the micrographs of a class that were recorded together, from their names.

Micrographs of one session share specimen, stain and the settings of the microscope. Each class has
a few sessions of its own, and the official split shares nearly all of them between train,
validation and test. A model is therefore scored on another micrograph of a session that it knows.
`shipped` lists the sessions of the public mirror of eleven classes.
"""

import csv
import functools
import importlib.resources
import itertools
import re
import types
from collections.abc import Iterable, Mapping

from tem_virus_dataset.errors import DatasetError

GAP = 40  # numbered micrographs further apart than this are of different sessions
TABLE = "sessions.tsv"
COLUMNS = ("class", "stem", "split", "session")

# `A4-65k-071120_10`: specimen A4, magnification 65,000, day 071120, number 10. The magnification
# may be missing, and is no part of the session: one field was often taken at two of them.
_NAMED = re.compile(r"(?P<specimen>.+?)(?:-\d{2,3}k?)?-(?P<day>\d{6})_.+")


def sessions(stems: Iterable[str]) -> dict[str, str]:
    """Return the session of each micrograph of one class.

    Args:
      stems: of all micrographs of the class, in any order: either all are named by specimen and
        day, or all are numbers, which rise with time.

    Returns:
      For each stem its session: `SPECIMEN-DAY`, or the first and the last number of a run of
      numbers without a gap of more than 40.

    Raises:
      DatasetError: a stem has neither form.

    >>> sessions(["A4-65k-071120_10", "A4-93k-071120_16", "B2-080201_14"])
    {'A4-65k-071120_10': 'A4-071120', 'A4-93k-071120_16': 'A4-071120', 'B2-080201_14': 'B2-080201'}
    >>> sessions(["515", "629", "517"])
    {'515': '515-517', '517': '515-517', '629': '629-629'}
    """
    session_of: dict[str, str] = {}
    numbered = []
    for stem in stems:
        if named := _NAMED.fullmatch(stem):
            session_of[stem] = f"{named['specimen']}-{named['day']}"
        elif stem.isdecimal():
            numbered.append(stem)
        else:
            raise DatasetError(
                f"{stem!r:.80}: no name from which a session follows; expected a number, or "
                "SPECIMEN-DAY_NUMBER with the day as six digits. Group by micrograph instead."
            )
    numbered.sort(key=int)
    gaps = [n for n in range(1, len(numbered)) if int(numbered[n]) - int(numbered[n - 1]) > GAP]
    for first, end in itertools.pairwise([0, *gaps, len(numbered)]):
        run = numbered[first:end]
        session_of.update((stem, f"{run[0]}-{run[-1]}") for stem in run)
    return session_of


def specimen(session: str) -> str:
    """Return the specimen of a session, which other sessions may share; without one, the session.

    A grid may be taken out and photographed again months later: the audit knows such fields. Its
    sessions share virus and stain.

    >>> specimen("A4-071120"), specimen("103279-B6-090323"), specimen("515-567")
    ('A4', '103279-B6', '515-567')
    """
    named, _, day = session.rpartition("-")
    return named if re.fullmatch(r"\d{6}", day) and not named.isdecimal() else session


@functools.cache
def shipped() -> Mapping[tuple[str, str], str]:
    """Return the session of each micrograph, by class and stem, that the package lists.

    These are the 701 micrographs of `mirror_11class`. Sessions of two classes may have one name.
    """
    file = importlib.resources.files("tem_virus_dataset.micrographs").joinpath(TABLE)
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return types.MappingProxyType({(r["class"], r["stem"]): r["session"] for r in rows})
