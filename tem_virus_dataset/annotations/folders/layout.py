"""Where the images of a labelled folder are, and their label files: by folders, or by lists.

A split is a folder of its name in `images/`, or one that holds `images/`, or images with their
labels beside them. What data.yaml states of the splits, or Pascal VOC's `ImageSets/Main`, wins;
`train.txt` and other lists count where there is none of these.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from tem_virus_dataset.annotations.folders import (
    data_yaml,
    entries,
    image_lists,
    label_files,
    other_kinds,
)
from tem_virus_dataset.annotations.folders.entries import SPLITS, child, split_of
from tem_virus_dataset.annotations.folders.image_lists import ImageList
from tem_virus_dataset.errors import DatasetError

IMAGES, LABELS = ("images", "JPEGImages", "imgs"), ("labels", "Annotations", "xml")


@dataclasses.dataclass(frozen=True)
class Place:
    """Images of one split, and the folder of their labels.

    Attributes:
      split: "" where the images are not divided.
      images, labels: folders; a label file has the path of its image, with another suffix.
      files: the images; None for all in the folder and below it.
    """

    split: str
    images: Path
    labels: Path
    files: tuple[Path, ...] | None = None


@dataclasses.dataclass(frozen=True)
class Layout:
    """All places of a folder, the files that say so, and notes on them."""

    places: tuple[Place, ...]
    sources: tuple[Path, ...] = ()
    notes: tuple[str, ...] = ()


def of(root: Path) -> Layout:
    """Return where images and labels are.

    Raises:
      DatasetError: no such folder, a folder or list of data.yaml that is missing or is there
        for two splits, or images without a folder of labels.
    """
    if not root.is_dir():
        raise DatasetError(f"{root}: no folder; expected one with labelled images.")
    found = divided(root)
    if found.places:
        return found
    if folder := child(root, *IMAGES):
        return Layout((Place("", folder, _labels(folder, root)),))
    return Layout((Place("", root, root),))


def divided(root: Path) -> Layout:
    """Return the places of a folder's splits, none where it has none; raises what `of` raises."""
    by_folder = dict(_by_folders(root))
    listed = _of_image_sets(root)
    yaml = data_yaml.find(root)
    if listed is None:
        listed = _of_yaml(root, yaml, by_folder) if yaml and yaml.splits else Layout(())
        if not (listed.places or by_folder):
            listed = _of_texts(root)
    divided = {place.split for place in listed.places}
    for split, folders in by_folder.items():
        if split not in divided:
            taken = {place.images for place in listed.places}
            places = tuple(
                Place(split, folder, _labels(folder, root)) for folder in folders - taken
            )
            note = f"{split} is " + " and ".join(
                sorted(folder.relative_to(root).as_posix() for folder in folders)
            )
            notes = (*listed.notes, note) if len(places) > 1 else listed.notes
            places = tuple(sorted(places, key=lambda place: place.images))
            listed = Layout((*listed.places, *places), listed.sources, notes)
    order = [*SPLITS]
    places = tuple(sorted(listed.places, key=lambda place: order.index(place.split)))
    return dataclasses.replace(listed, places=places)


def _by_folders(root: Path) -> Iterator[tuple[str, set[Path]]]:
    """Yield the splits that folders are named after, with their folders of images."""
    found: dict[str, set[Path]] = {}
    inside = child(root, *IMAGES)
    for folder in entries.folders(inside) if inside else ():
        if split := split_of(folder.name):
            found.setdefault(split, set()).add(folder)
    for folder in entries.folders(root):
        split, own = split_of(folder.name), child(folder, *IMAGES)
        if split is None:
            continue
        if own and own.is_dir() and (child(folder, *LABELS) or entries.folders(folder) == [own]):
            found.setdefault(split, set()).add(own)
        elif label_files.has_labels(folder, folder) or child(folder, *LABELS):
            found.setdefault(split, set()).add(folder)
    yield from found.items()


def _labels(folder: Path, root: Path) -> Path:
    """Return the folder of the labels of a folder of images.

    It is the folder of the same path with `labels` for `images`, else the same folder.

    Raises:
      DatasetError: there is neither, and nothing like labels among the images.
    """
    parts = folder.relative_to(root).parts if folder.is_relative_to(root) else folder.parts
    base = root if folder.is_relative_to(root) else Path()
    known = {name.casefold() for name in IMAGES}
    place = next((n for n in range(len(parts) - 1, -1, -1) if parts[n].casefold() in known), None)
    if place is not None:
        for name in LABELS:
            labels = child(base.joinpath(*parts[:place]), name)
            for part in parts[place + 1 :]:
                labels = labels and _same_folder(labels, part)
            if labels and labels.is_dir():
                return labels
    inside = child(folder, *LABELS)
    if inside and inside.is_dir():
        return inside
    if place is None or any(
        label_files.is_label(file) and file.name.casefold() != "classes.txt"
        for file in entries.files_below(folder)
    ):
        return folder
    expected = base.joinpath(*parts[:place], LABELS[0], *parts[place + 1 :])
    other = other_kinds.within(root)
    if other:
        file, kind = other
        raise DatasetError(
            f"{expected}: missing, and {file} is {kind.name}; expected YOLO labels of {folder}, or "
            f"PATH/{{train,validation,test}}.json. {kind.remedy}"
        )
    remedy = "Put them there, an empty folder if all of it is background."
    for flat in filter(None, (child(base.joinpath(*parts[:place]), name) for name in LABELS)):
        if any(map(label_files.is_label, entries.files(flat))):
            remedy = f"Put them there: {flat} holds labels that are not divided."
    raise DatasetError(f"{expected}: missing; expected the labels of {folder}. {remedy}")


def _same_folder(parent: Path, name: str) -> Path | None:
    """Return the folder of a name, or of another name of the same split."""
    split = split_of(name)
    alike = (f for f in entries.folders(parent) if split and split_of(f.name) == split)
    return child(parent, name) or next(alike, None)


def _of_image_sets(root: Path) -> Layout | None:
    """Return the splits of Pascal VOC's lists: `ImageSets/Main/train.txt` and others."""
    level = [root]
    for _ in range(3):
        for base in level:
            lists = [entries.below(base, name) for name in image_lists.VOC]
            pictures, labels = child(base, *IMAGES), child(base, "Annotations", *LABELS)
            if any(lists) and pictures and labels:
                found = image_lists.of_voc(list(filter(None, lists)), pictures)
                places = tuple(Place(one.split, pictures, labels, one.files) for one in found)
                return Layout(places, tuple(one.path for one in found)) if places else None
        level = [folder for base in level for folder in entries.folders(base)][:50]
    return None


def _of_texts(root: Path) -> Layout:
    """Return the splits of texts such as `train.txt`, which list images with labels."""
    found = listed(root)
    try:
        places = [place for one in found for place in _listed(one, root)]
    except DatasetError:  # images without labels, such as those of one COCO JSON
        return Layout(())
    if not any(label_files.has_labels(place.images, place.labels) for place in places):
        return Layout(())
    return Layout(tuple(places), tuple(one.path for one in found))


def listed(root: Path) -> list[ImageList]:
    """Return the texts of a folder that list the images of each split, see `image_lists.of_splits`.

    Raises:
      DatasetError: a list names what is not there, or an image is in two of them.
    """
    found = image_lists.of_splits(root, child(root, *IMAGES) or root)
    if found:
        places = [Place(one.split, root, root, one.files) for one in found]
        _check_disjoint(found[0].path, places)
    return found


def _of_yaml(root: Path, yaml: data_yaml.DataYaml, by_folder: dict[str, set[Path]]) -> Layout:
    """Return the splits that data.yaml names; those of folders where none of its places is here."""
    places: list[Place] = []
    sources, missing = [yaml.path], []
    for split, texts in yaml.splits.items():
        for text in texts:
            found = data_yaml.resolved(yaml, text)
            if found is None:
                missing.append((split, text))
            elif found.is_dir():
                inside = child(found, *IMAGES)
                found = inside if inside and child(found, *LABELS) else found
                places.append(Place(split, found, _labels(found, root)))
            else:
                places += _listed(image_lists.of_yaml(split, found, yaml), root)
                sources.append(found)
    for split, text in missing:
        if split not in by_folder:
            raise DatasetError(
                f"{yaml.path}: {split} is {text!r}, which is not there; expected a folder of "
                f"images, or a list of them, relative to {yaml.path.parent}. Correct the file, or "
                "take the line out and name the folders images/train, images/validation and "
                "images/test."
            )
    gone = {split for split, _ in missing}
    places = [place for place in dict.fromkeys(places) if place.split not in gone]
    _check_disjoint(yaml.path, places)
    renamed = [
        f"{place.split} is {_shown(place.images, root)}"
        for place in places
        if _split_of_folder(place.images, root) not in (None, place.split)
        or not place.images.is_relative_to(root)
    ]
    notes = [f"splits as {yaml.path.name} has them: {', '.join(renamed)}"] if renamed else []
    if gone:
        names = ", ".join(repr(text) for _, text in missing)
        notes.append(f"{yaml.path.name} names {names}, not there: the folder of the split is used")
    return Layout(tuple(places), tuple(sources), tuple(notes))


def _split_of_folder(folder: Path, root: Path) -> str | None:
    """Return the split that a folder's path speaks of."""
    parts = folder.relative_to(root).parts if folder.is_relative_to(root) else (folder.name,)
    return next(filter(None, map(split_of, reversed(parts))), None)


def _shown(folder: Path, root: Path) -> str:
    return (folder.relative_to(root) if folder.is_relative_to(root) else folder).as_posix()


def _check_disjoint(source: Path, places: list[Place]) -> None:
    seen: dict[Path, str] = {}
    for place in places:
        for path in place.files or (place.images,):
            other = seen.setdefault(path, place.split)
            if other != place.split:
                raise DatasetError(
                    f"{source}: {path} is in {other} and in {place.split}; expected every image "
                    "in one split: a score on images of the training would mean nothing. Divide "
                    "the images, and correct the file."
                )


def _listed(found: ImageList, root: Path) -> list[Place]:
    """Return the places of the images in a list."""
    by_folder: dict[Path, list[Path]] = {}
    for file in found.files:
        by_folder.setdefault(file.parent, []).append(file)
    return [
        Place(found.split, folder, _labels(folder, root), tuple(files))
        for folder, files in by_folder.items()
    ]
