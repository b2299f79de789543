"""Faults of many lines or files, reported in one message: the first of a kind, and how many."""

import dataclasses
import re
from collections.abc import Iterable

from tem_virus_dataset.errors import DatasetError

_NUMBER = re.compile(r"\d[\d.]*")


@dataclasses.dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
      kind: faults of one kind are reported together.
      file: its path.
      found: the place in the file, if any, and what is there.
      expected, remedy: of its kind, for the message.
      unit: what has the fault, such as "line".
    """

    kind: str
    file: str
    found: str
    expected: str
    remedy: str
    unit: str = "line"

    def is_like(self, other: "Fault") -> bool:
        """Return whether two faults are of one kind, whatever numbers it is told with."""
        return _NUMBER.sub("", self.kind) == _NUMBER.sub("", other.kind)


def counted(number: int, noun: str, rest: str = "") -> str:
    """Return a number with its noun.

    >>> counted(1, "box", "left out"), counted(2, "box")
    ('1 box left out', '2 boxes')
    """
    plural = "" if number == 1 else "es" if noun.endswith(("x", "s", "ch")) else "s"
    return f"{number} {noun}{plural} {rest}".rstrip()


def message(faults: Iterable[Fault]) -> str:
    """Return the message on faults, of which there is at least one."""
    first, *others = faults
    alike = [fault for fault in others if fault.is_like(first)]
    files = {fault.file for fault in alike} | {first.file}
    number, _, units = counted(len(alike), first.unit).partition(" ")
    more = f" and {number} more such {units}" if alike else ""
    if more and len(files) > 1:
        more += f" in {len(files)} files"
    rest = len(others) - len(alike)
    also = f"{counted(rest, 'fault')} of other kinds besides. " if rest else ""
    return f"{first.found}{more}; expected {first.expected}. {also}{first.remedy}"


def refuse(faults: Iterable[Fault]) -> None:
    """Raise `DatasetError` where there are faults."""
    if faults := list(faults):
        raise DatasetError(message(faults))
