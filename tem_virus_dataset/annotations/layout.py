"""Where the images of a labelled folder are, and their label files: by folders, or by lists.

A split is a folder of its name in `images/`, or one that holds `images/`, or images with their
labels beside them. What data.yaml states of the splits, or Pascal VOC's `ImageSets/Main`, wins.
"""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

from tem_virus_dataset.annotations import data_yaml, entries, images, other_kinds
from tem_virus_dataset.annotations.entries import SPLITS, child, split_of
from tem_virus_dataset.annotations.faults import Fault, counted, refuse
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.formats import sidecar

IMAGES, LABELS = ("images", "JPEGImages", "imgs"), ("labels", "Annotations", "xml")
LABEL_SUFFIXES = (".txt", ".xml", ".json")


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
        elif _has_labels_beside(folder) or child(folder, *LABELS):
            found.setdefault(split, set()).add(folder)
    yield from found.items()


def _has_labels_beside(folder: Path) -> bool:
    """Return whether an image in a folder, or below it, has a label file beside it."""
    names = {file.with_suffix("") for file in entries.files_below(folder) if is_label(file)}
    if not names:
        return False
    files = filter(images.is_image, entries.files_below(folder))
    return any(
        file.parent / images.stem(file) in names or images.has_whole_labels(file) for file in files
    )


def is_label(file: Path) -> bool:
    """Return whether a file may hold labels: not one that a microscope wrote beside its image."""
    return file.suffix.casefold() in LABEL_SUFFIXES and not sidecar.is_of_instrument(file)


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
        is_label(file) and file.name.casefold() != "classes.txt"
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
    raise DatasetError(
        f"{expected}: missing; expected the labels of {folder}. Put them there, an empty "
        "folder if all of it is background."
    )


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
            lists = entries.below(base, "ImageSets/Main")
            pictures, labels = child(base, "JPEGImages"), child(base, "Annotations")
            if lists and pictures and labels:
                return _listed_by_stem(lists, pictures, labels)
        level = [folder for base in level for folder in entries.folders(base)][:50]
    return None


def _listed_by_stem(lists: Path, pictures: Path, labels: Path) -> Layout | None:
    by_stem = {images.stem(f): f for f in entries.files(pictures) if images.is_image(f)}
    places, sources, faults = [], [], []
    for file in entries.files(lists):
        split = split_of(file.stem) if file.suffix.casefold() == ".txt" else None
        if not split:
            continue
        names = [line.split()[0] for line in _lines(file)]
        for name in names:
            if name not in by_stem:
                faults.append(_missing(file, name, f"an image of this name in {pictures}"))
        files = tuple(by_stem[name] for name in dict.fromkeys(names) if name in by_stem)
        places.append(Place(split, pictures, labels, files))
        sources.append(file)
    refuse(faults)
    return Layout(tuple(places), tuple(sources)) if places else None


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
                places += _listed(split, found, yaml, root)
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
    _check_disjoint(yaml, places)
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


def _check_disjoint(yaml: data_yaml.DataYaml, places: list[Place]) -> None:
    seen: dict[Path, str] = {}
    for place in places:
        for path in place.files or (place.images,):
            other = seen.setdefault(path, place.split)
            if other != place.split:
                raise DatasetError(
                    f"{yaml.path}: {path} is in {other} and in {place.split}; expected every image "
                    "in one split: a score on images of the training would mean nothing. Divide "
                    "the images, and correct the file."
                )


def _listed(split: str, file: Path, yaml: data_yaml.DataYaml, root: Path) -> list[Place]:
    """Return the places of the images in a list."""
    by_folder: dict[Path, list[Path]] = {}
    faults = []
    for line in _lines(file):
        beside = dataclasses.replace(yaml, path=file, base="")
        found = data_yaml.resolved(beside, line, True) or data_yaml.resolved(yaml, line, True)
        if found is None or not found.is_file():
            faults.append(_missing(file, line, f"the path of an image, relative to {file.parent}"))
        else:
            by_folder.setdefault(found.parent, []).append(found)
    refuse(faults)
    return [
        Place(split, folder, _labels(folder, root), tuple(dict.fromkeys(files)))
        for folder, files in by_folder.items()
    ]


def _missing(file: Path, name: str, expected: str) -> Fault:
    remedy = "Correct the list, or restore the image."
    found = f"{file}: names {name!r}, which is not there"
    return Fault("missing", str(file), found, expected, remedy, "name")


def _lines(file: Path) -> list[str]:
    return [text for line in Blob(file.read_bytes(), str(file)).names() if (text := line.strip())]


def undivided(root: Path) -> str:
    """Say what lies in a folder of images that are not divided: how many, and which labels."""
    several = sum(map(images.is_image, entries.files_below(root)))
    other = other_kinds.within(root)
    labels = f" and {other[1].name} ({other[0].name})" if other else ""
    return f"found {counted(several, 'image')}{labels}"
