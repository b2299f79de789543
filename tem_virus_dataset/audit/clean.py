"""Clean test examples: those whose field is in no other split."""

import collections
import csv
import functools
import importlib.resources
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np

from tem_virus_dataset.errors import DatasetError

Name = tuple[str, str]  # class, stem: whatever the split


def clean(
    tests: Sequence[Any],
    others: Collection[Any],
    pairs: Iterable[tuple[Name, Name]] | None = None,
) -> np.ndarray:
    """Mark the test micrographs, or patches, whose field the other splits do not show.

    The splits are those in the names, so this works for every split rule. A field is a connected
    component of the pairs: where a overlaps b and b overlaps c, the three are one field, even if
    b is not among the names.

    Args:
      tests: `split/Class/stem` of each test example, as its `micrograph` has it: str, bytes, or a
        tensor of them; duplicates are allowed.
      others: the same for all examples that a model is trained or selected on.
      pairs: micrographs of one field; by default those that the package lists (`same_field`).

    Returns:
      (len(tests),) bool: True where no other micrograph is known to show the field. It is
      also True for classes that were not searched: Influenza, Lassa, Nipah virus and the
      excluded classes are not in the package's list.

    Raises:
      DatasetError: a name is not `split/Class/stem`, or a micrograph is in `tests` and `others`.

    >>> tests = ["test/Orf/6037", "test/Orf/1721"]
    >>> clean(tests, ["train/Orf/6038", "train/Orf/1722"])
    array([False,  True])
    """
    field = fields(same_field() if pairs is None else pairs)
    both = {name_of(test) for test in tests} & {name_of(other) for other in others}
    if both:
        raise DatasetError(
            f"{'/'.join(min(both))}: found among the test micrographs and among the others "
            f"({len(both)} such); expected whole micrographs in one split. Give as `others` the "
            "micrographs of train and validation alone."
        )
    seen_fields = {field[name] for name in map(name_of, others) if name in field}
    return np.array([field.get(name_of(test)) not in seen_fields for test in tests], bool)


@functools.cache
def same_field() -> tuple[tuple[Name, Name], ...]:
    """Return the pairs that the package lists: from the audit, each confirmed by eye."""
    file = importlib.resources.files("tem_virus_dataset.audit").joinpath("same_field.tsv")
    with file.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    return tuple(((r["class"], r["stem_a"]), (r["class"], r["stem_b"])) for r in rows)


def fields(pairs: Iterable[tuple[Name, Name]]) -> dict[Name, int]:
    """Return the number of the field of each micrograph of the pairs.

    A field is a connected component of the pairs.
    """
    linked = collections.defaultdict(set)
    for first, second in pairs:
        linked[first].add(second)
        linked[second].add(first)
    field: dict[Name, int] = {}
    for start in linked:
        reached = [] if start in field else [start]
        while reached:
            name = reached.pop()
            field[name] = len(field) if name == start else field[start]
            reached.extend(linked[name] - field.keys())
    return field


def name_of(micrograph: Any) -> Name:
    """Return class and stem of `split/Class/stem`, which is str, bytes or a tensor."""
    if hasattr(micrograph, "numpy"):  # a tensor of TensorFlow
        micrograph = micrograph.numpy()
    if isinstance(micrograph, bytes):
        micrograph = micrograph.decode()
    parts = micrograph.split("/")
    if len(parts) != 3 or not all(parts):
        raise DatasetError(
            f"{micrograph!r:.80}: not the name of a micrograph; expected split/Class/stem. Give "
            "the examples' `micrograph`."
        )
    return parts[1], parts[2]
