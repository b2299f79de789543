"""Deal files to train, validation and test: 60, 20 and 20 %, and no split empty.

Files that have a split keep it. The rest is dealt in an order that their names and labels decide,
not the order of a listing: those of the rarest class first, the fullest of a class first, then by a
hash of the name. A hash alone would leave splits of small folders empty, and classes without a file
to train on.
"""

import collections
import dataclasses
import hashlib
from collections.abc import Iterator, Mapping, Sequence

from tem_virus_dataset.annotations.folders.entries import SPLITS

SHARES = {"train": 3, "validation": 1, "test": 1}  # of five files
NONE = ""  # the class of a file without labels


@dataclasses.dataclass(frozen=True)
class Item:
    """A file that is dealt.

    Attributes:
      name: path from the folder, with `/`, in composed letters.
      group: files of one group, such as the patches of a micrograph, get one split.
      labels: how many particles of each class it has, or its own class once.
    """

    name: str
    group: str
    labels: Mapping[str, int] = dataclasses.field(default_factory=dict)

    @property
    def main(self) -> str:
        """The most frequent class, the first by name of equals; `NONE` without labels."""
        return min(self.labels, key=lambda name: (-self.labels[name], name), default=NONE)


@dataclasses.dataclass(frozen=True)
class _Group:
    """The files of a group: how many of each main class, and all classes in them."""

    items: tuple[Item, ...]
    mains: Mapping[str, int]
    classes: frozenset[str]


def deal(
    items: Sequence[Item], known: Mapping[str, str], in_every_split: bool = False
) -> dict[str, str]:
    """Return the split of each file by its name.

    A file of a group of which others have a split gets that, too. Of the others, a class goes to
    train first; each split gets a file with labels while there are enough; then the split is taken
    that lacks most to its share, of all files and of those of the class.

    Args:
      items: all files, in any order; known: splits of those that have one.
      in_every_split: each class is dealt to every split before a second file goes to one.

    >>> deal([Item(name, name) for name in "abc"], {"b": "test"})["b"]
    'test'
    """
    splits = {item.name: known[item.name] for item in items if item.name in known}
    table = _Table(in_every_split)
    for item in items:
        if item.name in splits:
            table.add(_group([item]), splits[item.name])
    by_name: dict[str, list[Item]] = {}
    for item in items:
        by_name.setdefault(item.group, []).append(item)
    waiting = []
    for several in by_name.values():
        new = [item for item in several if item.name not in splits]
        of_group = collections.Counter(known[i.name] for i in several if i.name in known)
        if new and of_group:
            split = max(SPLITS, key=lambda name: of_group[name])
            splits |= dict.fromkeys((item.name for item in new), split)
            table.add(_group(new), split)
        elif new:
            waiting.append(_group(new))
    for group, split in _dealt(_in_order(waiting, items), table):
        splits |= dict.fromkeys((item.name for item in group.items), split)
    return splits


def divided_groups(items: Sequence[Item], splits: Mapping[str, str]) -> list[str]:
    """Return the groups of which files are in several splits, by name."""
    found: dict[str, set[str]] = {}
    for item in items:
        found.setdefault(item.group, set()).add(splits[item.name])
    return sorted(group for group, several in found.items() if len(several) > 1)


class _Table:
    """How many files each split has, in all and by their main class, and which classes."""

    def __init__(self, in_every_split: bool) -> None:
        self.in_every_split = in_every_split
        self.files: collections.Counter[str] = collections.Counter()
        self.of_class: collections.Counter[tuple[str, str]] = collections.Counter()
        self.classes: dict[str, set[str]] = {split: set() for split in SPLITS}

    def add(self, group: _Group, split: str) -> None:
        self.files[split] += len(group.items)
        for name, number in group.mains.items():
            self.of_class[name, split] += number
        self.classes[split] |= group.classes

    def choose(self, group: _Group, left: int, left_with_labels: int) -> str:
        """Return the split of the next group; `left`: groups to deal, this one among them."""
        bare = [split for split in SPLITS if not self.classes[split]]
        if group.classes and bare and left_with_labels <= len(bare):
            return bare[0]
        empty = [split for split in SPLITS if not self.files[split]]
        if empty and left <= len(empty):
            return empty[0]
        for name in sorted(group.classes):
            for split in SPLITS if self.in_every_split else ("train",):
                if name not in self.classes[split]:
                    return split
        return max(SPLITS, key=lambda split: self._lack(group, split))

    def _lack(self, group: _Group, split: str) -> int:
        def lack(have: Mapping[str, int], more: int) -> int:
            return SHARES[split] * (sum(have.values()) + more) - 5 * have[split]

        by_class = [
            lack({one: self.of_class[name, one] for one in SPLITS}, number)
            for name, number in group.mains.items()
        ]
        return lack({one: self.files[one] for one in SPLITS}, len(group.items)) + sum(by_class)


def _group(items: Sequence[Item]) -> _Group:
    mains = collections.Counter(item.main for item in items)
    return _Group(tuple(items), mains, frozenset(name for item in items for name in item.labels))


def _in_order(groups: Sequence[_Group], items: Sequence[Item]) -> list[_Group]:
    """Return groups in the order in which they are dealt, those without labels last."""
    often = collections.Counter(item.main for item in items)

    def rank(group: _Group) -> tuple[bool, int, str, int, str]:
        main = min(group.mains, key=lambda name: (name == NONE, often[name], name))
        labels = sum(sum(item.labels.values()) for item in group.items)
        name = group.items[0].group
        digest = hashlib.sha256(name.encode("utf-8", "surrogateescape")).hexdigest()
        return main == NONE, often[main], main, -labels, digest

    return sorted(groups, key=rank)


def _dealt(groups: Sequence[_Group], table: _Table) -> Iterator[tuple[_Group, str]]:
    with_labels = sum(bool(group.classes) for group in groups)
    for number, group in enumerate(groups):
        split = table.choose(group, len(groups) - number, with_labels - number)
        table.add(group, split)
        yield group, split
