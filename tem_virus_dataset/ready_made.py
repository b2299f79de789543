"""The ready-made patches of the Mendeley download: `context_virus_1nm_256x256`.

Patch `<i>_<j>.tif` is the j-th of the i-th micrograph of its class folder in
`context_virus_RAW`, in case-insensitive order; so a patch knows its micrograph.
"""

import collections
import functools
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from tem_virus_dataset import facts, image_file, tree
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.patch import Job, Patch

PATCHES, RAW = "context_virus_1nm_256x256", "context_virus_RAW"
HOW_TO_GET = (
    f"Download all files of {facts.HOMEPAGE} and put the zip, as it is (or its "
    f'unpacked folder "{facts.ARCHIVE}"), into the folder given as --manual-dir.'
)


def jobs(manual_dir: Path, classes: Iterable[str] = facts.CLASSES_14) -> list[Job]:
    """List the patches of every micrograph, without reading a picture.

    Args:
      manual_dir: folder with the zip as downloaded, or with its unpacked tree.
      classes: the class folders to read.

    Raises:
      DatasetError: no such archive, a class folder is missing, or patches and micrographs do
        not belong together.
    """
    archive = find(manual_dir)
    return [
        job for split in facts.SPLITS for name in classes for job in _of_class(archive, split, name)
    ]


def find(manual_dir: Path) -> tree.Tree:
    """Return the tree that holds the ready-made patches; `DatasetError` where there is none."""
    places = tree.sources(manual_dir)
    found = tree.find(places, PATCHES)
    if found:
        return found
    zips = ", ".join(place.name for place in places if place.is_file()) or "no zip"
    raise DatasetError(
        f"{manual_dir}: found {zips}, and no folder {PATCHES} in it; expected the Mendeley "
        f"archive. {HOW_TO_GET}"
    )


def _of_class(archive: tree.Tree, split: str, class_name: str) -> Iterator[Job]:
    folder, raw = f"{PATCHES}/{split}/{class_name}", f"{RAW}/{split}/{class_name}"
    numbers = collections.defaultdict(list)
    for name in archive.names(folder, ".tif"):
        match = re.fullmatch(r"(\d+)_(\d+)\.tif", name, re.IGNORECASE)
        if not match:
            raise DatasetError(
                f"{archive.where(f'{folder}/{name}')}: not a patch's name; expected "
                "<micrograph>_<number>.tif. Remove the file, or unpack the archive anew."
            )
        numbers[int(match[1])].append((int(match[2]), name))
    stems = [name.rpartition(".")[0] for name in archive.names(raw, ".tif")]
    for missing in (where for where, found in ((folder, numbers), (raw, stems)) if not found):
        raise DatasetError(
            f"{archive.where(missing)}: no .tif found; expected this class's folder, as "
            f"published. Complete the archive. {HOW_TO_GET}"
        )
    if numbers.keys() != set(range(1, len(stems) + 1)):  # else ranks would name wrong stems
        ranks = sorted(numbers)
        raise DatasetError(
            f"{archive.where(folder)}: {len(ranks)} micrographs have patches, numbered {ranks[0]} "
            f"to {ranks[-1]}, but {archive.where(raw)} holds {len(stems)}; expected the same "
            f"micrographs, numbered from 1. Restore both folders as published. {HOW_TO_GET}"
        )
    for rank, members in sorted(numbers.items()):
        files = tuple(f"{folder}/{name}" for _, name in sorted(members))
        read = functools.partial(_read, archive, files)
        yield Job(split, class_name, stems[rank - 1], len(files), read)


def _read(archive: tree.Tree, files: tuple[str, ...]) -> Iterator[Patch]:
    for file in files:
        where = archive.where(file)
        image: np.ndarray = image_file.gray(archive.read(file), where)
        yield Patch(Path(file).stem, image, where)
