"""The files of a folder of micrographs, as microscopes and their users leave it.

A camera's program often writes a preview beside each micrograph: EPU's X.mrc and X.jpg, or Gatan's
X.dm3 and a TIFF that someone exported. Both are of one image, and a count over both would be twice
the particles. So of files of one name in one folder the kind that is closest to the camera is
taken. The others are left out, and the command says so; they are predicted where a user names them.
"""

import collections
import dataclasses
import os
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tem_virus_dataset.annotations.folders.entries import folded, is_hidden, is_results
from tem_virus_dataset.formats.compressed import OPENERS, kind
from tem_virus_dataset.formats.pixel_size import TABLE
from tem_virus_dataset.formats.read import READERS

EXPORTS = {
    ".tif": 2,
    ".tiff": 2,
    ".png": 3,
    ".bmp": 3,
    ".jpg": 4,
    ".jpeg": 4,
}  # the farther, the higher
OME = ".ome"  # before the suffix of what Bio-Formats exports
# before the suffix of sums of frames, weighted by dose or not: of MotionCor, RELION, cryoSPARC
_WEIGHTED = re.compile(r"_(dws?|nodw|doseweighted)$")
NO_FILE = "pipe or device"
NAME_OF_RESULTS = "folder of earlier results"
# Files and a sub-folder of what `tem-virus correct` lays out: copies of predicted micrographs.
CORRECTED = "predicted.csv", "data.yaml", "images"
NAME_OF_CORRECTED = "folder of copies to correct"
MOST_KINDS = 8  # that a line names


@dataclasses.dataclass
class Contents:
    """What was found in folders.

    Attributes:
      files: micrographs, sorted; unread: number of files of kinds that are not read, by suffix.
      exports: files that are left out, each with the micrograph that it is an export of.
      twins: files that are kept, each with the first one of its name and of an equal kind.
      faults: what could not be opened, and why.
    """

    files: list[Path] = dataclasses.field(default_factory=list)
    unread: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    exports: list[tuple[Path, Path]] = dataclasses.field(default_factory=list)
    twins: list[tuple[Path, Path]] = dataclasses.field(default_factory=list)
    faults: dict[Path, str] = dataclasses.field(default_factory=dict)


def contents(folder: Path, out: Path) -> Contents:
    """Look through a folder with its sub-folders, also linked ones.

    Hidden files and folders, and those of systems, are left out: `entries.is_hidden`.

    Args:
      out: folder of the results, which is left out where it lies in this one.
    """
    result = Contents()
    files = []
    for path in _files(folder, out, result):
        suffix = kind(path)
        if path.exists() and not path.is_file():  # to open it would wait forever
            result.unread[NO_FILE] += 1
        elif suffix in READERS:
            files.append(path)
        elif folded(path.name) != TABLE and not _leads_to_ser(path):
            result.unread[suffix or "without suffix"] += 1
    result.exports, result.twins = exports(files), twins(files)
    left_out = {path for path, _ in result.exports}
    result.files = [path for path in files if path not in left_out]
    return result


def real(path: Path) -> Path:
    """Return an absolute path without links; one that leads to itself stays as it is.

    `Path.resolve` raises RuntimeError for such a link, before Python 3.13.
    """
    return Path(os.path.realpath(path))


def is_corrected(folder: Path) -> bool:
    """Return whether a folder is one that `tem-virus correct` made."""
    return all((folder / name).exists() for name in CORRECTED)


def _leads_to_ser(path: Path) -> bool:
    """Return whether a file is the .emi of TIA, whose images are in the .ser files beside it."""
    if path.suffix.lower() != ".emi":
        return False
    names = [other.name.lower() for other in path.parent.iterdir()]
    return any(name.startswith(f"{path.stem.lower()}_") and name.endswith(".ser") for name in names)


def _files(folder: Path, out: Path, result: Contents) -> Iterator[Path]:
    """Yield all files, those of linked folders last, of every folder once."""
    results = real(out)
    waiting, seen = [folder], {results}
    while waiting:
        linked = []
        for root, folders, names in os.walk(waiting.pop(0), onerror=_note(result.faults)):
            here = Path(root)
            place = real(here)
            if place in seen or place.is_relative_to(results):
                folders.clear()
                continue
            seen.add(place)
            own = NAME_OF_RESULTS if is_results(here) else ""
            if here != folder and is_corrected(here):
                own = NAME_OF_CORRECTED
            if own:
                result.unread[own] += 1
                folders.clear()
                continue
            folders[:] = sorted(name for name in folders if not is_hidden(name))
            linked += [here / name for name in folders if (here / name).is_symlink()]
            for name in sorted(names):
                if not is_hidden(name):
                    yield here / name
        waiting += linked


def _note(faults: dict[Path, str]) -> Callable[[OSError], None]:
    def note(error: OSError) -> None:
        path = Path(str(error.filename))
        faults[path] = (
            f"{path}: cannot be opened ({error.strerror}); expected a folder to look through. "
            "Change its permissions, or leave it out."
        )

    return note


def exports(files: Iterable[Path]) -> list[tuple[Path, Path]]:
    """Return the files that are exports of another one of the same name, each with that one."""
    found = []
    for group in _of_one_name(files):
        nearest = min(group, key=_distance)
        found += [(path, nearest) for path in group if _distance(path) != _distance(nearest)]
    return found


def twins(files: Iterable[Path]) -> list[tuple[Path, Path]]:
    """Return the files of a name, none of which is an export of another, each with the first one.

    Nothing tells whether X.dm4 and X.mrc are of one micrograph, or a movie and its aligned sum.
    X.mrc and X_DW.mrc are two sums of one movie.
    """
    found = []
    for group in _of_one_name(files, lambda name: _WEIGHTED.sub("", name)):
        least = min(map(_distance, group))
        first, *others = (path for path in group if _distance(path) == least)
        found += [(path, first) for path in others]
    return found


def _of_one_name(files: Iterable[Path], shared: Callable[[str], str] = str) -> Iterable[list[Path]]:
    """Return the files in groups of one folder and one name without its suffix.

    Args:
      shared: returns the part of such a name that a group has in common.
    """
    files = list(files)
    names = {(path.parent, folded(path.name)) for path in files}
    same: dict[tuple[Path, str], list[Path]] = {}
    for path in files:
        name = _without_kind(path.name)
        if (path.parent, folded(name)) in names:  # X.dm3.tif beside X.dm3
            name = _without_kind(name)
        name = shared(folded(name).removesuffix(OME))
        same.setdefault((path.parent, name), []).append(path)
    return same.values()


def _without_kind(name: str) -> str:
    return name[: len(name) - len(kind(Path(name)))]


def _distance(path: Path) -> tuple[int, bool]:
    """Return how far a kind is from the camera; of two equals the packed one is the farther."""
    suffix = kind(path)
    is_packed = suffix.endswith(tuple(OPENERS))
    return EXPORTS.get(suffix.rpartition(".")[0] if is_packed else suffix, 0), is_packed


def counted(kinds: collections.Counter[str]) -> str:
    """Return a count of each kind, the commonest first: "12 .emd, 3 .txt"."""
    common = sorted(kinds.items(), key=lambda item: (-item[1], item[0]))
    parts = [f"{number} {suffix}" for suffix, number in common[:MOST_KINDS]]
    if rest := common[MOST_KINDS:]:
        parts.append(f"{sum(number for _, number in rest)} of {len(rest)} more kinds")
    return ", ".join(parts)
