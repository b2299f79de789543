"""The published patches of the Mendeley download: `context_virus_1nm_256x256`.

Patch `<i>_<j>.tif` is the j-th of the i-th micrograph of its class folder in
`context_virus_RAW`, in case-insensitive order; this rank gives the micrograph of a patch. In
`augmented_train`, `<i>_<j>_<k>.tif` is a rotated or flipped copy.
"""

import collections
import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import tree
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.formats import image_file
from tem_virus_dataset.micrographs import particles, splits
from tem_virus_dataset.micrographs.job import Job
from tem_virus_dataset.micrographs.patch import Patch
from tem_virus_dataset.sources import raw

PATCHES = "context_virus_1nm_256x256"
PLAIN, COPIES = re.compile(r"(\d+)_(\d+)\.tif"), re.compile(r"(\d+)_(\d+)(?:_(\d+))?\.tif")


def jobs(manual_dir: Path, classes: Iterable[str] = facts.CLASSES_14) -> list[Job]:
    """List the patches of every micrograph, without reading an image.

    Args:
      manual_dir: folder with the zip as downloaded, or with its unpacked tree.
      classes: the class folders to read; the excluded ones lie in `_EXCLUDED`.

    Raises:
      DatasetError: no such archive, a class folder is missing, or the numbers of patches
        and micrographs differ.
    """
    trees = _trees(manual_dir)
    return [
        job
        for split in facts.SPLITS
        for name in classes
        for job in _of_class(trees, split, name, _folder(split, name))
    ]


def balanced(manual_dir: Path) -> list[Job]:
    """List the patches with the published balanced training set in place of `train`.

    Raises what `jobs` does.
    """
    trees = _trees(manual_dir)
    train = (
        job
        for name in facts.CLASSES_14
        for job in _of_class(trees, "train", name, f"augmented_train/{name}", COPIES)
    )
    return [*train, *(job for job in jobs(manual_dir) if job.split != "train")]


def worst_case(manual_dir: Path) -> list[Job]:
    """List the patches in the worst-case split; a patch is named after its micrograph.

    Raises what `jobs` does, and `DatasetError` for a missing or faulty particle file.
    """
    _, raw_tree = _trees(manual_dir)
    counts: dict[str, dict[str, int]] = collections.defaultdict(dict)
    official = []
    for job in jobs(manual_dir):
        file = raw.particle_file(raw_tree, f"{raw.RAW}/{job.folder}", job.stem)
        annotation = particles.parse(file.blob())
        counts[job.class_name][job.stem] = len(annotation.points)
        official.append(dataclasses.replace(job, files=(*job.files, file)))
    dealt = {name: splits.worst_case(of_class) for name, of_class in counts.items()}
    return [
        dataclasses.replace(
            job,
            split=dealt[job.class_name][job.stem],
            cut=functools.partial(_named_after, job.stem),
        )
        for job in official
    ]


def _trees(manual_dir: Path) -> tuple[tree.Tree, tree.Tree]:
    """Return the tree with the patches and the tree with RAW, which may be the same."""
    return raw.find_archive(manual_dir, PATCHES), raw.find_archive(manual_dir, raw.RAW)


def _folder(split: str, class_name: str) -> str:
    excluded = class_name not in facts.CLASSES_14
    return f"{split}/_EXCLUDED/{class_name}" if excluded else f"{split}/{class_name}"


def _of_class(
    trees: tuple[tree.Tree, tree.Tree],
    split: str,
    class_name: str,
    below: str,
    pattern: re.Pattern[str] = PLAIN,
) -> Iterator[Job]:
    archive, raw_tree = trees
    folder = f"{PATCHES}/{below}"
    numbers = collections.defaultdict(list)
    for name in archive.names(folder, ".tif"):
        match = pattern.fullmatch(name.lower())
        if not match:
            raise DatasetError(
                f"{archive.where(f'{folder}/{name}')}: not a patch's name; expected "
                "<micrograph>_<number>.tif. Remove the file, or unpack the archive again."
            )
        rank, *others = (int(part or 0) for part in match.groups())
        numbers[rank].append((others, name))
    if not numbers:
        raise raw.missing(archive, folder)
    stems = [n.rpartition(".")[0] for n in raw.micrograph_names(raw_tree, split, class_name)]
    expected = set(range(1, len(stems) + 1))
    # If a micrograph were missing, the ranks would name other stems. The balanced set may omit some
    # micrographs, and counts of the excluded classes are not published.
    may_be_incomplete = pattern is COPIES or class_name in facts.EXCLUDED
    if not (numbers.keys() == expected or (may_be_incomplete and numbers.keys() <= expected)):
        ranks = sorted(numbers)
        raise DatasetError(
            f"{archive.where(folder)}: {len(ranks)} micrographs have patches, numbered {ranks[0]} "
            f"to {ranks[-1]}, but {raw_tree.where(f'{raw.RAW}/{split}/{class_name}')} holds "
            f"{len(stems)}; expected the same micrographs, numbered from 1. Restore both folders "
            f"as published. {raw.MENDELEY.how_to_get}"
        )
    for rank, members in sorted(numbers.items()):
        files = tuple(archive.file(f"{folder}/{name}") for _, name in sorted(members))
        decode = functools.partial(_decode, tuple(PurePosixPath(f.name).stem for f in files))
        yield Job(split, class_name, stems[rank - 1], len(files), files, decode, list)


def _decode(names: tuple[str, ...], blobs: Sequence[Blob]) -> list[Patch]:
    return [
        Patch(name, image_file.gray(blob.data, blob.where), blob.where)
        for name, blob in zip(names, blobs, strict=False)  # a particle file may follow
    ]


def _named_after(stem: str, patches: Iterable[Patch]) -> list[Patch]:
    """Rename patches, since ranks are unique only within an official split."""
    return [
        dataclasses.replace(patch, name=f"{stem}_{patch.name.partition('_')[2]}")
        for patch in patches
    ]
