"""The layout of a user's folder of annotated micrographs: label files, or COCO JSON.

    PATH/images/SPLIT/<image>  PATH/labels/SPLIT/<image>.txt
    PATH/SPLIT/images/<image>  PATH/SPLIT/labels/<image>.txt
    PATH/SPLIT/<image>         PATH/SPLIT/<image>.txt

with the classes' names in PATH/classes.txt or PATH/data.yaml, see `tem_virus_dataset.annotations`;
or a JSON for each split, such as

    PATH/SPLIT.json  PATH/annotations/instances_SPLIT.json  PATH/SPLIT/_annotations.coco.json

with the images beside it, in PATH, in PATH/images, or in a folder of the split in either. SPLIT is
train, validation (or valid, val) and test. Images with label files that are not divided,

    PATH/images/<image>    PATH/labels/<image>.txt
    PATH/<image>           PATH/<image>.txt

or with one JSON of all in PATH, PATH/annotations or PATH/images, are divided by PATH/splits.csv,
see `tem_virus_dataset.splits`. No image is decoded here.
"""

import collections
import dataclasses
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmark.data import user_image
from benchmark.errors import BenchmarkError
from leaderboard.files.names import shown
from tem_virus_dataset import DatasetError
from tem_virus_dataset.annotations import coco, yolo
from tem_virus_dataset.annotations.annotated import Annotated, Annotations
from tem_virus_dataset.annotations.folders import (
    coco_files,
    entries,
    images,
    label_files,
    layout,
    other_kinds,
    unread,
)
from tem_virus_dataset.annotations.folders.entries import child, split_of
from tem_virus_dataset.annotations.folders.faults import refuse
from tem_virus_dataset.files.tree import PACKED
from tem_virus_dataset.splits import stated, table
from tem_virus_dataset.splits.deal import Item

LAYOUT = (
    "PATH/images/{train,validation,test} with PATH/labels/{train,validation,test} beside it, or "
    "PATH/{train,validation,test}.json, or PATH/images with PATH/labels, not divided"
)


def is_laid_out_so(root: Path) -> bool:
    """Return whether a folder holds annotated micrographs, in splits or with a label file each.

    Raises:
      BenchmarkError: its images are neither divided into splits nor have label files, a split has
        two files, or the annotations are of a kind that is not read. DatasetError: data.yaml
        cannot be read, or images have no labels.
    """
    if root.is_file() and root.suffix:
        is_packed = root.name.lower().endswith((".zip", *PACKED))
        remedy = "Unpack it, and name the folder" if is_packed else "Name the folder"
        raise BenchmarkError(
            f"{root}: a file; expected a folder, with images and their annotations. {remedy}: "
            f"folder:{root.parent / root.name.partition('.')[0] if is_packed else root.parent}."
        )
    if not root.is_dir():
        return False
    refuse(unread.not_fetched(root))
    if coco_files.of_splits(root) or _has_places(root) or coco_files.of_split_folders(root):
        return True
    inside = entries.entries(root)
    is_images = inside[:1] == [child(root, *layout.IMAGES)]
    if len(inside) == 1 and inside[0].is_dir() and not is_images and _is_usable(inside[0]):
        raise BenchmarkError(
            f"{root}: holds the folder {inside[0].name} alone, which holds the images; expected "
            f"{LAYOUT}. Name folder:{inside[0]}."
        )
    splits = [folder for folder in entries.folders(root) if split_of(folder.name)]
    if splits:
        _check_patches(root, splits)
        return False
    if _is_labelled(root) or coco_files.of_all(root):
        return True
    folders = entries.folders(root)
    if len(folders) > 1 and all(map(_is_usable, folders)):
        names = ", ".join(shown(folder.name) for folder in folders[:9])
        raise BenchmarkError(
            f"{root}: holds several folders with images and their labels ({names}); expected one, "
            f"laid out as {LAYOUT}. Name one of them, or join them."
        )
    has_images = coco_files.has_images(root) or child(root, *other_kinds.LIKE_IMAGES)
    if has_images or other_kinds.within(root):
        raise _undivided(root, unread.undivided(root))
    return False


def read(root: Path) -> Annotations:
    """Read the boxes of a folder that is laid out so; extend its table of splits where it has one.

    Raises:
      DatasetError: an annotation or an image is invalid or missing. BenchmarkError: two files
        for one split, both kinds of annotation; see also `is_laid_out_so`, `table.divide`.
    """
    if not is_laid_out_so(root):
        names = ", ".join(shown(path.name) for path in entries.entries(root)[:9])
        raise BenchmarkError(
            f"{root}: found {names or 'nothing'} in it; expected {LAYOUT}. Lay it out so."
        )
    of_splits = coco_files.of_splits(root)
    is_divided = bool(of_splits or _has_places(root))
    of_all = None if is_divided else coco_files.of_all(root)
    file = next(iter(of_splits.values()), of_all)
    # converters leave LabelMe's JSON beside the COCO JSON of a split, which they made of it
    if file and _is_labelled(root, (".txt", ".xml") if of_splits else label_files.SUFFIXES):
        raise BenchmarkError(
            f"{root}: found {file} and YOLO labels; expected one of the two, since they may "
            "differ. Move the other away."
        )
    if of_splits:
        return _with_note(root, _of_splits(root, of_splits))
    found = _of_all(root, of_all) if of_all else yolo.read(root)
    is_divided = any(picture.split for picture in found.pictures)
    return _with_note(root, found) if is_divided else _divided(root, found)


def _has_places(root: Path) -> bool:
    """Return whether there are splits with label files, not with one COCO JSON in their place."""
    try:
        return bool(layout.divided(root).places)
    except DatasetError:  # images without labels
        if coco_files.of_split_folders(root) is None:
            raise
        return False


def _of_splits(root: Path, files: Mapping[str, Path]) -> Annotations:
    """Read the COCO JSON of each split."""
    parts = [
        coco.read(file, coco_files.image_folders(root, file, split), split)
        for split, file in files.items()
    ]
    counts: collections.Counter = collections.Counter()
    for part in parts:
        counts.update(part.counts)
    pictures = tuple(picture for part in parts for picture in part.pictures)
    used = {picture.path for picture in pictures} | set(files.values())
    return Annotations(
        pictures,
        tuple(dict.fromkeys(name for part in parts for name in part.classes)),
        counts,
        (
            *dict.fromkeys(n for part in parts for n in part.notes),
            *unread.not_looked_at(root, used),
        ),
        frozenset(files.values()),
    )


def _of_all(root: Path, file: Path) -> Annotations:
    """Read the only COCO JSON of a folder; where lists state the splits, the images in them.

    Without lists, the JSON itself may state the splits, or the folders of all its images.
    """
    found = coco.read(file, coco_files.image_folders(root, file, ""))
    if outside := [p.path for p in found.pictures if not p.path.is_relative_to(root)]:
        raise BenchmarkError(
            f"{file}: names {outside[0]}, which is not in {root}; expected images of this folder. "
            "Put them there, or write a JSON for each split, such as train.json."
        )
    lists = layout.listed(root)
    splits = {path: one.split for one in lists for path in one.files}
    pictures = tuple(
        dataclasses.replace(picture, split=splits[picture.path]) if lists else picture
        for picture in found.pictures
        if picture.path in splits or not lists
    )
    if not any(picture.split for picture in pictures):
        named = [coco_files.split_of_folder(root, picture.path) for picture in pictures]
        if all(named):
            pictures = tuple(map(_in_split, pictures, named))
    used = {picture.path for picture in pictures} | {file, *(one.path for one in lists)}
    notes = (*found.notes, *unread.not_looked_at(root, used))
    return dataclasses.replace(found, pictures=pictures, notes=notes)


def _in_split(picture: Annotated, split: str) -> Annotated:
    return dataclasses.replace(picture, split=split)


def _with_note(root: Path, found: Annotations) -> Annotations:
    """Note a table of splits that is not used, since the folder is divided without it."""
    unused = child(root, table.TABLE)
    if unused is None:
        return found
    note = f"{unused.name} is not used: the folder is divided without it"
    return dataclasses.replace(found, notes=(*found.notes, note))


def _divided(root: Path, found: Annotations) -> Annotations:
    """Divide images that are not divided, by the table of splits; see `splits.table.divide`.

    Copies of a file get one split, and so do Roboflow's versions of an image.
    """
    stated.check(root, [picture.path for picture in found.pictures])
    names = [table.name_of(root, picture.path) for picture in found.pictures]
    contents = [user_image.fingerprint(picture.path) for picture in found.pictures]
    first: dict[str, str] = {}  # of the copies of a file, by name
    for name, content in sorted(zip(names, contents, strict=True)):
        first.setdefault(content, name)
    items = [
        Item(name, images.source(first[content]), collections.Counter(picture.classes))
        for name, content, picture in zip(names, contents, found.pictures, strict=True)
    ]
    division = table.divide(root, items)
    pictures = tuple(
        dataclasses.replace(picture, split=division.splits[name])
        for name, picture in zip(names, found.pictures, strict=True)
    )
    notes = (f"divided: {division.notice}", *found.notes)
    return dataclasses.replace(found, pictures=pictures, notes=notes)


def _is_labelled(root: Path, endings: Sequence[str] = label_files.SUFFIXES) -> bool:
    """Return whether an image has a label file."""
    try:
        places = layout.of(root).places
    except DatasetError:  # images without labels
        return False
    return any(label_files.has_labels(p.images, p.labels, endings) for p in places)


def _is_usable(folder: Path) -> bool:
    try:
        return is_laid_out_so(folder)
    except (BenchmarkError, DatasetError):
        return False


def _undivided(root: Path, found: str) -> BenchmarkError:
    none = f", and none has a label file ({found})" if found else ""
    kind = other_kinds.within(root) if root.is_dir() else None
    remedy = f" {kind[1].remedy}" if kind else ""
    if kind and not coco_files.has_images(root):
        remedy += f" If its folders are classes of patches, move {kind[0].name} and its like away."
    return BenchmarkError(
        f"{root}: its images are not divided into splits{none}; expected {LAYOUT}. Add "
        f"the label files, or divide the images.{remedy}"
    )


def _check_patches(root: Path, splits: list[Path]) -> None:
    """Refuse splits whose images are in no folder of a class, and have no labels that are read."""
    places = [*filter(_may_be_bare, splits), *(path.parent for path in other_kinds.masks(root))]
    kind = other_kinds.within(root) if places else None
    if kind:
        raise BenchmarkError(
            f"{root}: found images in {places[0].name}, and {kind[1].name} ({kind[0]}); expected "
            f"{LAYOUT}. {kind[1].remedy}"
        )
    if all(_may_be_bare(split) and len(entries.folders(split)) < 2 for split in splits):
        above = f" Or name folder:{root.parent}." if _is_usable_above(root) else ""
        raise BenchmarkError(
            f"{root}: found images in {splits[0].name}, and neither labels of them nor a folder of "
            f"each class; expected {LAYOUT}, or PATH/{{train,validation,test}}/<Class>/<image> for "
            f"patches. Add the label files, or divide patches by class.{above}"
        )


def _may_be_bare(split: Path) -> bool:
    """Return whether images lie in a split itself, or in its folder `images`.

    That folder is of all images where it stands alone; beside others it may be a class.
    """
    if entries.folders(split):
        return bool(child(split, *other_kinds.LIKE_IMAGES))
    return coco_files.has_images(split)


def _is_usable_above(root: Path) -> bool:
    return root.name.casefold() in map(str.casefold, layout.IMAGES) and _is_usable(root.parent)
