"""`pixel_sizes.csv`: the pixel sizes of a user's images, where they differ or the files have none.

Its columns are `file`, a path from the table's folder or the name of one image, with or without its
suffix, and `nm_per_pixel`. Training and prediction read it alike.
"""

import argparse
import csv
import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePath

from tem_virus_dataset import user_table
from tem_virus_dataset.annotations.folders import images
from tem_virus_dataset.annotations.folders.entries import child, spelling
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.arguments import did_you_mean
from tem_virus_dataset.formats.pixel_size import TABLE
from tem_virus_dataset.formats.typed_pixel_size import nm_per_pixel

COLUMNS = ("file", "nm_per_pixel")


@dataclasses.dataclass(frozen=True)
class SizeTable:
    """A table as it fits the images of its folder.

    Attributes:
      nm: nm per pixel of each image that it lists.
      unknown: a message for each line that names no image of these.
    """

    nm: Mapping[Path, float]
    unknown: Sequence[str]


def read(root: Path, files: Iterable[Path]) -> SizeTable:
    """Return what the table of a folder lists; nothing where there is none.

    Args:
      files: the images in the folder.

    Raises:
      DatasetError: it is no such table, a name fits several images, or a size is none.
      OSError: it cannot be opened.
    """
    table = child(root, TABLE)
    if table is None:
        return SizeTable({}, ())
    files = list(files)
    places = _places(root, files)
    known = dict.fromkeys(name for named in places for name in named)
    sizes: dict[Path, float] = {}
    unknown: list[str] = []
    for line, name, text in _rows(table, [name_of(root, file) for file in files]):
        spelled = spelling(name.replace("\\", "/").removeprefix("./"))
        found = next((named[spelled] for named in places if spelled in named), [])
        where = f"{table}: line {line}: {name[:80]!a}"
        if len(found) != 1:
            what = f"{where}: found {len(found)} such images"
            expected = (
                "; expected the path of one image from the folder. Correct or remove the line."
            )
            if found:
                raise DatasetError(what + expected)
            hint = "" if unknown else did_you_mean(name, known)  # slow, and the first is shown
            unknown.append(f"{what}{hint}{expected}")
            continue
        expected = "expected one size"
        try:
            size = nm_per_pixel(text.strip().replace(",", "."))  # a decimal comma is read as such
        except argparse.ArgumentTypeError as error:
            size, expected = None, str(error).partition(": ")[2].rstrip(".")
        if size is None or sizes.setdefault(found[0], size) != size:
            raise DatasetError(f"{where}: found {text[:80]!a}; {expected}. Correct the line.")
    return SizeTable(sizes, unknown)


def of_given(paths: Sequence[Path], files: Iterable[Path]) -> SizeTable:
    """Return the sizes of images that were given, or are in folders that were given.

    The nearest table that lists an image counts: in its own folder, or above it up to the topmost
    one given. Lines for other images are `unknown` where the whole folder was given.

    Args:
      paths: files and folders; files: the images among and in them.

    Raises:
      DatasetError, OSError: as `read` does.
    """
    whole = {path for path in paths if path.is_dir()}
    given = whole.union(path.parent for path in paths if path not in whole)
    below: dict[Path, list[Path]] = {}  # images of a folder or of folders in it
    for file in files:
        folders = file.parents
        tops = [number for number, folder in enumerate(folders) if folder in given]
        for folder in folders[: max(tops, default=0) + 1]:
            below.setdefault(folder, []).append(file)
    nm: dict[Path, float] = {}
    unknown: list[str] = []
    for folder in sorted(below, key=lambda path: len(path.parts)):
        table = read(folder, below[folder])
        nm.update(table.nm)
        if not whole.isdisjoint((folder, *folder.parents)):
            unknown += table.unknown
    return SizeTable(nm, unknown)


def name_of(root: Path, file: Path) -> str:
    """Return a file's path from the folder, as the table has it."""
    for path, base in ((file.resolve(), root.resolve()), (file, root)):
        if path.is_relative_to(base):
            return path.relative_to(base).as_posix()
    return str(file)


def _places(root: Path, files: Iterable[Path]) -> tuple[dict[str, list[Path]], ...]:
    """Return the images by the names that a line may have: a path comes before a name alone."""
    places: tuple[dict[str, list[Path]], ...] = ({}, {}, {}, {})
    for file in files:
        path = PurePath(name_of(root, file))
        stem = images.stem(file)
        spelled = (path.as_posix(), path.with_name(stem).as_posix(), file.name, stem)
        for named, name in zip(places, map(spelling, spelled), strict=True):
            named.setdefault(name, []).append(file)
    return places


def _rows(table: Path, images: Sequence[str]) -> list[tuple[int, str, str]]:
    """Return line number, file and size of every row."""
    try:
        found = user_table.read(user_table.text_of(table, images), str(table))
    except (csv.Error, UnicodeDecodeError) as error:
        raise DatasetError(
            f"{table}: cannot be read ({error}); expected a table with the columns "
            f"{','.join(COLUMNS)}. Save it as CSV in UTF-8."
        ) from error
    names = {name.lower(): name for name in found.columns}
    if not set(COLUMNS) <= set(names):
        raise DatasetError(
            f"{table}: found the columns {found.begin.strip()[:80]!a}; expected "
            f"{','.join(COLUMNS)}. Correct its first line."
        )
    file, size = (names[column] for column in COLUMNS)
    return [(line, row[file].strip(), row[size]) for line, row in found.rows]
