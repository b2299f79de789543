"""COCO JSON in a user's folder: which file is of which split, and where its images may be."""

import json
from collections.abc import Iterable
from pathlib import Path

from tem_virus_dataset import facts
from tem_virus_dataset.annotations.folders import entries, images, layout, other_kinds
from tem_virus_dataset.annotations.folders.entries import child, split_in, split_of
from tem_virus_dataset.errors import DatasetError

_KEYS = (b"images", b"annotations", b"categories")
_BEGIN = 2**16  # bytes of a JSON that cannot be read, which tell what it was to be


def of_splits(root: Path) -> dict[str, Path]:
    """Return the COCO file of each split that has one."""
    several: dict[str, list[Path]] = {}
    for folder in (root, child(root, "annotations", "labels")):
        for file in entries.files(folder) if folder else ():
            split = split_in(file.stem)
            if split and file.suffix.lower() == ".json" and _is_of_split(root, file):
                several.setdefault(split, []).append(file)
    for folder in entries.folders(root):
        split = split_of(folder.name)
        if split and (chosen := among(entries.files(folder))):
            several.setdefault(split, []).extend(chosen)
    return {split: _only(split, several[split]) for split in facts.SPLITS if split in several}


def of_all(root: Path) -> Path | None:
    """Return the COCO file of a folder that is not divided, if it has one.

    Raises:
      DatasetError: it has several, and no name says which is of which split.
    """
    folders = [root, child(root, "annotations", "labels"), child(root, *layout.IMAGES)]
    files = [file for folder in folders if folder for file in entries.files(folder)]
    chosen = among(files, _has_bare_images(root))
    if len(chosen) > 1:
        raise DatasetError(
            f"{chosen[1]}: COCO JSON of no split, and so is {chosen[0]}; expected one of all "
            "images, or one for each split. Name them train.json, validation.json and test.json, "
            "or move one away."
        )
    return chosen[0] if chosen else None


def of_split_folders(root: Path) -> Path | None:
    """Return the COCO file of all images of a folder that has a folder of each split, if so.

    Folders within those of the splits may be classes of patches, unless they lie in `images`.

    Raises:
      DatasetError: see `of_all`.
    """
    inside = child(root, *layout.IMAGES)
    for parent in filter(None, (root, inside)):
        splits = {split: f for f in entries.folders(parent) if (split := split_of(f.name))}
        is_bare = parent == inside or all(map(has_images, splits.values()))
        if len(splits) == len(facts.SPLITS) and is_bare:
            return of_all(root)
    return None


def split_of_folder(root: Path, picture: Path) -> str:
    """Return the split that the folders of an image are named after, "" where none is."""
    parts = picture.parent.relative_to(root).parts
    return next(filter(None, map(split_of, reversed(parts))), "")


def among(files: Iterable[Path], with_cut_off: bool = True) -> list[Path]:
    """Return the COCO files among others; where there is none, what was to be one.

    Args:
      with_cut_off: return what cannot be read, and begins as COCO JSON, or is empty: reading it
        says what is wrong with it.
    """
    jsons = [file for file in files if file.suffix.lower() == ".json" and not has_image(file)]
    sure = [
        file
        for file in jsons
        if file.name == "_annotations.coco.json" or other_kinds.of_file(file) is other_kinds.COCO
    ]
    return sure or (list(filter(_is_cut_off_coco, jsons)) if with_cut_off else [])


def has_image(file: Path) -> bool:
    """Return whether an image of the same name lies beside a JSON, as LabelMe's have it."""
    endings = (spelled for ending in images.SUFFIXES for spelled in (ending, ending.upper()))
    return any(file.with_suffix(ending).exists() for ending in endings)


def _is_cut_off_coco(path: Path) -> bool:
    """Return whether a JSON cannot be read, and begins as COCO JSON, or is empty."""
    try:
        data = path.read_bytes()
        json.loads(data)
    except (ValueError, RecursionError):
        begin = data[:_BEGIN].replace(b"\0", b"")  # of UTF-16
        return not begin.strip() or any(b'"%s"' % key in begin for key in _KEYS)
    except OSError:
        return False
    return False


def _only(split: str, files: list[Path]) -> Path:
    """Return the only file, or the only `instances_...json`, as the COCO data set has others."""
    chosen = [file for file in files if file.name.startswith("instances")] or files
    if len(chosen) > 1:
        raise DatasetError(
            f"{chosen[1]}: a second file of split {split}, beside {chosen[0]}; expected "
            "one. Move one away."
        )
    return chosen[0]


def _is_of_split(root: Path, file: Path) -> bool:
    """Return whether a JSON is a split's by its name alone, or holds COCO JSON."""
    name = file.stem.removeprefix("instances_")
    is_named_so = split_of(name) is not None and not has_image(file)
    return is_named_so or bool(among([file], _has_bare_images(root)))


def image_folders(root: Path, file: Path, split: str) -> list[Path]:
    """Return the folders that a COCO file's names may be relative to; split: "" for no split."""
    places = [file.parent, root, child(root, *layout.IMAGES)]
    for parent in (root, child(root, *layout.IMAGES)):
        for folder in entries.folders(parent) if parent else ():
            if split_of(folder.name) == (split or None):
                places += [folder, child(folder, *layout.IMAGES, "data")]
    return list(dict.fromkeys(place for place in places if place and place.is_dir()))


def _has_bare_images(root: Path) -> bool:
    """Return whether images lie in no folder of a class, but in the folder or one of a split."""
    splits = (folder for folder in entries.folders(root) if split_of(folder.name))
    return any(map(has_images, (root, *splits)))


def has_images(folder: Path) -> bool:
    """Return whether there are images in a folder, or a folder of images."""
    return bool(child(folder, *layout.IMAGES)) or any(map(images.is_image, entries.files(folder)))
