"""Which micrograph each patch of a user's folder is of.

Intervals are drawn over micrographs, so patches of one micrograph must be known as such. The
micrograph of an image is

1. the folder it lies in, in `<Class>/<micrograph>/<image>`, however deep;
2. else its name up to the last `_`, where every image of the class is named
   `<micrograph>_<number>`, as the official patches are, and there are several such micrographs;
3. else the image itself, with all versions of it that Roboflow wrote (`<image>.rf.<hash>`).
"""

import collections
import dataclasses
import re
from collections.abc import Sequence
from pathlib import Path

from leaderboard.files.names import shown
from tem_virus_dataset.annotations.folders import images
from tem_virus_dataset.annotations.folders.faults import counted

_NUMBERED = re.compile(r"(.+)_\d+")


@dataclasses.dataclass(frozen=True)
class Picture:
    """One image, unread.

    Attributes:
      split: "" until it is divided; inside: path of its micrograph's folder, "" where it has none.
    """

    file: Path
    split: str
    class_name: str
    inside: str

    @property
    def folder(self) -> str:
        """`split/Class`, the beginning of its id."""
        return f"{self.split}/{self.class_name}"

    @property
    def stem(self) -> str:
        """Name of the file without suffix."""
        return images.stem(self.file)

    @property
    def id(self) -> str:
        """`split/Class/name` or `split/Class/micrograph/name`; the name without suffix."""
        return "/".join(filter(None, (self.folder, self.inside, self.stem)))


def micrographs(listed: Sequence[Picture]) -> list[str]:
    """Return `split/Class/micrograph` of each image."""
    return [f"{p.folder}/{name}" for p, name in zip(listed, _names(listed), strict=True)]


def is_own(picture: Picture, micrograph: str) -> bool:
    """Return whether an image is its micrograph, which no other image of another name shares."""
    return not picture.inside and micrograph == images.source(picture.stem)


def ungrouped(listed: Sequence[Picture]) -> list[str]:
    """Return a warning for each class of which some names alone are `<micrograph>_<number>`."""
    clauses = []
    for name, counts in sorted(_beginnings(listed).items()):
        others = counts.pop("", 0)
        if others and max(counts.values(), default=0) > 1:
            stems = (p.stem for p in listed if p.class_name == name and not p.inside)
            first = min(stem for stem in stems if not _NUMBERED.fullmatch(stem))
            clauses.append(
                f"warning: every image of {name} counts as a micrograph of its own, since its "
                f"names are not all <micrograph>_<number> ({others} of {others + counts.total()}: "
                f"{shown(first)}). Rename them, or use a folder for each micrograph"
            )
    return clauses


def apart(listed: Sequence[Picture]) -> list[str]:
    """Return a warning where a micrograph is in several splits by its name; else an empty list.

    Names that are numbers are not compared: they may begin anew in every split.
    """
    splits: dict[str, set[str]] = {}
    for picture, name in zip(listed, _names(listed), strict=True):
        if name != picture.stem and not name.rpartition("/")[2].isdigit():
            splits.setdefault(f"{picture.class_name}/{name}", set()).add(picture.split)
    several = sorted(name for name, of_name in splits.items() if len(of_name) > 1)
    if not several:
        return []
    more = ", ..." * (len(several) > 1)
    return [
        f"warning: images of {counted(len(several), 'micrograph')} are in several splits by their "
        f"names ({several[0]}{more}): their scores mean little. Move each micrograph into one split"
    ]


def _names(listed: Sequence[Picture]) -> list[str]:
    numbered = {
        name for name, known in _beginnings(listed).items() if len(known) > 1 and "" not in known
    }

    def name(picture: Picture) -> str:
        if picture.inside:
            return picture.inside
        is_numbered = picture.class_name in numbered
        return picture.stem.rpartition("_")[0] if is_numbered else images.source(picture.stem)

    return [name(picture) for picture in listed]


def _beginnings(listed: Sequence[Picture]) -> dict[str, collections.Counter[str]]:
    """Return by class how often each name before `_<number>` is there; "" is that of others."""
    of_class: dict[str, collections.Counter[str]] = {}
    for picture in listed:
        if not picture.inside:
            match = _NUMBERED.fullmatch(picture.stem)
            counts = of_class.setdefault(picture.class_name, collections.Counter())
            counts[match[1] if match else ""] += 1
    return of_class
