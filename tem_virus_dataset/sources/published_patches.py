"""The published patches of the Mendeley download: `context_virus_1nm_256x256`.

Patch `<i>_<j>.tif` is the j-th of the i-th micrograph of its class folder in
`context_virus_RAW`, in case-insensitive order; this rank gives the micrograph of a patch. In
`augmented_train`, `<i>_<j>_<k>.tif` is a rotated or flipped copy.
"""

import collections
import dataclasses
import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

from tem_virus_dataset import facts
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import listing, tree
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.formats import image_file
from tem_virus_dataset.micrographs import particles, splits
from tem_virus_dataset.micrographs.job import Job
from tem_virus_dataset.micrographs.patch import Patch
from tem_virus_dataset.sources import archive_folders, raw

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
    wanted = {(split, name): _folder(split, name) for split in facts.SPLITS for name in classes}
    _require_folders(trees, wanted)
    return [
        job
        for (split, name), below in wanted.items()
        for job in _of_class(trees, split, name, below)
    ]


def balanced(manual_dir: Path) -> list[Job]:
    """List the patches with the published balanced training set in place of `train`.

    Raises what `jobs` does.
    """
    trees = _trees(manual_dir)
    wanted = {("train", name): f"augmented_train/{name}" for name in facts.CLASSES_14}
    _require_folders(trees, wanted)
    train = (
        job
        for (_, name), below in wanted.items()
        for job in _of_class(trees, "train", name, below, COPIES)
    )
    return [*train, *(job for job in jobs(manual_dir) if job.split != "train")]


def worst_case(manual_dir: Path) -> list[Job]:
    """List the patches in the worst-case split; a patch is named after its micrograph.

    Raises what `jobs` does, and `DatasetError` for a missing or faulty particle file.
    """
    _, raw_tree = _trees(manual_dir)
    listed = jobs(manual_dir)
    files = [_particle_file(raw_tree, job) for job in listed]
    archive_folders.require_files(raw_tree, files, raw.MENDELEY.how_to_get)
    counts: dict[str, dict[str, int]] = collections.defaultdict(dict)
    official = []
    for job, file in zip(listed, files, strict=True):
        annotation = particles.parse(file.blob())
        counts[job.class_name][job.stem] = len(annotation.points)
        official.append(dataclasses.replace(job, files=(*job.files, file)))
    dealt = {name: splits.worst_case(of_class) for name, of_class in counts.items()}
    return [
        _renamed(dataclasses.replace(job, split=dealt[job.class_name][job.stem]))
        for job in official
    ]


def named_by_stem(manual_dir: Path) -> list[Job]:
    """List the patches, named `<stem>_<j>`: such names are unique under any split.

    Raises what `jobs` does.
    """
    return [_renamed(job) for job in jobs(manual_dir)]


def _trees(manual_dir: Path) -> tuple[tree.Tree, tree.Tree]:
    """Return the tree with the patches and the tree with RAW, which may be the same."""
    return raw.find_archive(manual_dir, PATCHES), raw.find_archive(manual_dir, raw.RAW)


def _require_folders(
    trees: tuple[tree.Tree, tree.Tree], wanted: Mapping[tuple[str, str], str]
) -> None:
    """Check that every class folder is there, in both parts; report folders of unknown classes."""
    patches, raw_tree = trees
    archive_folders.report_unknown(patches, PATCHES)
    how_to_get = raw.MENDELEY.how_to_get
    archive_folders.require(patches, [f"{PATCHES}/{b}" for b in wanted.values()], how_to_get)
    raw_folders = [f"{raw.RAW}/{split}/{name}" for split, name in wanted]
    archive_folders.require(raw_tree, raw_folders, how_to_get)


def _particle_file(raw_tree: tree.Tree, job: Job) -> tree.File:
    return raw.particle_file(raw_tree, f"{raw.RAW}/{job.folder}", job.stem)


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
    names = archive.names(folder, ".tif")
    stray = [name for name in names if not pattern.fullmatch(name.lower())]
    if stray:
        raise DatasetError(
            f"{archive.where(f'{folder}/{stray[0]}')}: not a patch's name{listing.such(stray)}; "
            "expected <micrograph>_<number>.tif. Remove the file, or restore its name."
        )
    for name in names:
        rank, *others = (int(part or 0) for part in re.findall(r"\d+", name))
        numbers[rank].append((others, name))
    stems = [n.rpartition(".")[0] for n in raw.micrograph_names(raw_tree, split, class_name)]
    expected = set(range(1, len(stems) + 1))
    # If a micrograph were missing, the ranks would name other stems. The balanced set may omit some
    # micrographs, and counts of the excluded classes are not published.
    may_be_incomplete = pattern is COPIES or class_name in facts.EXCLUDED
    if not (numbers.keys() == expected or (may_be_incomplete and numbers.keys() <= expected)):
        ranks = sorted(numbers)
        of_raw = raw.differing_micrographs(raw_tree, split, class_name)
        raise DatasetError(
            f"{archive.where(folder)}: {len(ranks)} micrographs have patches, numbered {ranks[0]} "
            f"to {ranks[-1]}, but {raw_tree.where(f'{raw.RAW}/{split}/{class_name}')} holds "
            f"{len(stems)}; expected the same micrographs, numbered from 1."
            f"{of_raw or _differing(numbers, expected)} Restore both folders "
            f"as published. {raw.MENDELEY.how_to_get}"
        )
    if pattern is PLAIN:
        _check_numbers(archive, folder, numbers)
    for rank, members in sorted(numbers.items()):
        files = tuple(archive.file(f"{folder}/{name}") for _, name in sorted(members))
        decode = functools.partial(_decode, tuple(PurePosixPath(f.name).stem for f in files))
        yield Job(split, class_name, stems[rank - 1], len(files), files, decode, list)


def _differing(numbers: Mapping[int, list[tuple[list[int], str]]], expected: set[int]) -> str:
    """Return which numbers of micrographs have no patch, or no micrograph, as text."""
    without = {f"{rank}_1.tif" for rank in expected - numbers.keys()}
    foreign = {name for rank in numbers.keys() - expected for _, name in numbers[rank]}
    text = f" Missing: {listing.listed(without)}." if without else ""
    return text + (f" Of no micrograph: {listing.listed(foreign)}." if foreign else "")


def _check_numbers(
    archive: tree.Tree, folder: str, numbers: Mapping[int, list[tuple[list[int], str]]]
) -> None:
    """Raise `DatasetError` where the patches of a micrograph are not numbered from 1 on."""
    missing = [
        f"{rank}_{number}.tif"
        for rank, members in numbers.items()
        for number in sorted(
            set(range(1, max(n[0] for n, _ in members))) - {n[0] for n, _ in members}
        )
    ]
    if missing:
        raise DatasetError(
            f"{archive.where(folder)}: {len(missing)} missing: {listing.listed(missing)}; expected "
            f"the patches of a micrograph numbered from 1 on. Complete the folder. "
            f"{raw.MENDELEY.how_to_get}"
        )


def _decode(names: tuple[str, ...], blobs: Sequence[Blob]) -> list[Patch]:
    return [
        Patch(name, image_file.gray(blob.data, blob.where), blob.where)
        for name, blob in zip(names, blobs, strict=False)  # a particle file may follow
    ]


def _renamed(job: Job) -> Job:
    return dataclasses.replace(job, cut=functools.partial(_named_after, job.stem))


def _named_after(stem: str, patches: Iterable[Patch]) -> list[Patch]:
    """Rename patches, since ranks are unique only within an official split."""
    return [
        dataclasses.replace(patch, name=f"{stem}_{patch.name.partition('_')[2]}")
        for patch in patches
    ]
