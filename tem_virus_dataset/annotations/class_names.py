"""Names of classes: of `data.yaml`, lines of `classes.txt`, or categories of COCO JSON."""

import dataclasses
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tem_virus_dataset.annotations.folders import data_yaml, entries
from tem_virus_dataset.annotations.folders.faults import counted
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.tree import Blob

_NUMBERED = re.compile(r"(\d+)[\s:;,.=-]+\S")  # of `1: virus`
TEXTS = ("classes.txt", "labels.txt", "obj.names", "_darknet.labels")


@dataclasses.dataclass(frozen=True)
class ClassNames:
    """Names in the order of the class index, and the files that state them.

    Attributes:
      names: "" where a line is blank: it holds the place of a class without a name.
    """

    names: tuple[str, ...]
    sources: tuple[Path, ...] = ()


def kept_apart(names: Iterable[str]) -> list[str]:
    """Return which classes differ in their capitals alone, a clause for each: most are one class.

    >>> kept_apart(["Orf", "orf", "CCHF"])
    ['classes Orf and orf are kept apart: name them alike if they are one']
    """
    by_name: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        by_name.setdefault(name.casefold(), []).append(name)
    several = [" and ".join(sorted(alike)) for alike in by_name.values() if len(alike) > 1]
    return [f"classes {alike} are kept apart: name them alike if they are one" for alike in several]


def read(places: Sequence[Path], given: Sequence[str], used: Iterable[int] = ()) -> ClassNames:
    """Return the classes' names in the order of the class index.

    Args:
      places: folders to search, the first is named in errors; given: by the user, may be
        empty.
      used: class numbers of the labels, for the message where no file names the classes.

    Raises:
      DatasetError: no file names them, a name is there twice, or two sources differ.
    """
    known = found(places, given)
    if known is None:
        numbers = ", ".join(map(str, sorted(set(used))))
        labels = f", and the labels are of class {numbers}" if numbers else ""
        many = counted(max(used, default=0) + 1, "line")
        raise DatasetError(
            f"{places[0]}: no names of classes{labels}; expected one list of them, in data.yaml or "
            f"a line for each in classes.txt{f', that is {many}' if numbers else ''}. Write it "
            "into the folder."
        )
    return known


def found(places: Sequence[Path], given: Sequence[str] = ()) -> ClassNames | None:
    """Return the classes' names, or None where no file states them; raises what `read` raises."""
    stated: dict[str, tuple[str, ...]] = {}
    if given:
        stated["the argument"] = tuple(map(entries.class_name, given))
    sources: list[Path] = []
    for place in dict.fromkeys(places):
        if yaml := data_yaml.find(place):
            stated[str(yaml.path)] = yaml.names
            sources.append(yaml.path)
        for path in filter(None, (entries.child(place, name) for name in TEXTS)):
            if path.is_file() and (names := _lines(path)):
                stated[str(path)] = names
                sources.append(path)
    if not stated:
        return None
    if len(set(stated.values())) > 1:
        lists = " and ".join(f"{', '.join(names)} in {where}" for where, names in stated.items())
        raise DatasetError(
            f"{places[0]}: classes {lists}; expected one list of them, in data.yaml or a line for "
            "each in classes.txt. Write it into the folder."
        )
    where, names = next(iter(stated.items()))
    twice = [name for name, count in Counter(filter(None, names)).items() if count > 1]
    if twice:
        raise DatasetError(
            f"{where}: class {twice[0]!r} is there twice; expected every name once. Labels "
            "name a class by its place in the list: give the second another name."
        )
    return ClassNames(names, tuple(sources))


def _lines(path: Path) -> tuple[str, ...]:
    """Return the lines of a file; blank ones keep their place, but not at its end.

    Raises:
      DatasetError: it is in another encoding, or numbers its lines in another order.
    """
    text = "\n".join(Blob(path.read_bytes(), str(path)).names()).rstrip()
    names = tuple(map(entries.class_name, text.split("\n"))) if text else ()
    numbers = [int(begin[1]) if (begin := _NUMBERED.match(name)) else -1 for name in names]
    if sorted(numbers) == list(range(len(names))) != numbers:
        raise DatasetError(
            f"{path}: lines that begin with numbers ({', '.join(names[:3])}), in another order; "
            "expected the name of class 0 in the first line. Sort the lines, and take the numbers "
            "out."
        )
    return names


def used_categories(content: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Return the categories of COCO JSON without those that have no box, and the name of another.

    Roboflow writes such a one first, where the project has the name of a class.
    """
    used = {str(annotation.get("category_id")) for annotation in content["annotations"]}
    boxed = [entry for entry in content["categories"] if str(entry.get("id")) in used]
    names = [entry.get("name") for entry in boxed]  # may be of any kind yet
    return [e for e in content["categories"] if e in boxed or e.get("name") not in names]


def in_order(names: Mapping[Any, str]) -> Iterator[Any]:
    """Yield ids in their order: numbers, and words that are numbers, by their size."""
    try:
        yield from sorted(names, key=float)
    except ValueError:
        yield from names
