"""Folders with a label file for each image, as annotation programs write and read them.

Read are these, `SPLIT` being train, validation (or valid, val) or test, with capitals or a year:

    images/SPLIT/a.png  labels/SPLIT/a.txt
    SPLIT/images/a.png  SPLIT/labels/a.txt
    SPLIT/a.png         SPLIT/a.txt
    images/a.png        labels/a.txt
    a.png               a.txt

There may be folders within these. A label file is YOLO's (`yolo_labels`), Pascal VOC's XML (`voc`)
or LabelMe's JSON (`labelme`). YOLO's number the classes: their names are in `data.yaml` or, a line
for each, in `classes.txt` (or `labels.txt`, `obj.names`), in the folder or beside the label files.
"""

import collections
import dataclasses
from collections.abc import Iterator, Mapping, Sequence, Set
from pathlib import Path

from tem_virus_dataset.annotations import class_names, labelme, voc, yolo_labels
from tem_virus_dataset.annotations.annotated import Annotated, Annotations
from tem_virus_dataset.annotations.boxes import TWO_CLASSES, Drawing, drawn_once
from tem_virus_dataset.annotations.class_names import ClassNames
from tem_virus_dataset.annotations.folders import entries, images, layout, unread
from tem_virus_dataset.annotations.folders.faults import Fault, refuse
from tem_virus_dataset.annotations.folders.layout import Place
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.formats import sidecar

READERS = {".txt": yolo_labels.draw, ".xml": voc.draw, ".json": labelme.draw}
_BESIDE = (".cache", ".yaml", ".yml", ".names", ".labels", ".data", ".md")  # labels have others


@dataclasses.dataclass(frozen=True)
class _Labelled:
    """An image, its label file, and what that draws."""

    place: Place
    image: Path
    labels: Path | None
    width: int
    height: int
    drawing: Drawing


def read(folder: Path, classes: Sequence[str] = ()) -> Annotations:
    """Read the images of a folder and their boxes.

    Args:
      classes: names in the order of the class index, where no file names them.

    Raises:
      DatasetError: no such folder, no images, no names of classes or some that differ, labels
        without an image, two images of one name, or a label that cannot be read: an unknown class,
        a box of no size or wholly outside, pixels in place of fractions.
    """
    refuse(unread.not_fetched(folder))
    found = layout.of(folder)
    pairs = [(place, *pair) for place in found.places for pair in _paired(place)]
    sizes = images.sizes_of(image for _, image, _ in pairs)
    refuse(_beside_images(pairs, sizes))
    labelled = [_labelled(place, image, labels, *sizes[image]) for place, image, labels in pairs]
    if not labelled:
        raise DatasetError(
            f"{folder}: found no image; expected images/ with labels/ beside it, or images "
            f"({', '.join(images.SUFFIXES)}) with their .txt. Name another folder."
        )
    refuse(fault for one in labelled for fault in one.drawing.faults)
    refuse(yolo_labels.of_another_order(one.labels for one in labelled if one.labels))
    names, blank = _class_names(folder, labelled, classes)
    refuse(_unknown(labelled, names.names))
    counts: collections.Counter = collections.Counter()
    pictures, notes = [], [*found.notes, *blank, *_kinds(labelled)]
    for one in labelled:
        boxes, twice = drawn_once(one.drawing.boxes)
        if twice[TWO_CLASSES] and not counts[TWO_CLASSES]:
            notes.append(f"the first box with two classes is in {one.labels}")
        counts.update(one.drawing.counts + twice)
        pictures.append(
            Annotated(
                one.image,
                one.width,
                one.height,
                tuple(box.corners for box in boxes),
                tuple(_name(box.label, names.names) for box in boxes),
                one.place.split,
                one.labels is not None,
            )
        )
    sources = {*names.sources, *found.sources, *(one.labels for one in labelled if one.labels)}
    used = sources | {one.image for one in labelled}
    notes += unread.names_of_others((one.image, one.labels, one.drawing.images) for one in labelled)
    notes += unread.not_looked_at(folder, used)
    listed = tuple(name for name in names.names if name)
    return Annotations(tuple(pictures), listed, counts, tuple(notes), frozenset(sources))


def _kinds(labelled: Sequence[_Labelled]) -> Iterator[str]:
    """Yield a note where label files are of several kinds."""
    endings = collections.Counter(one.labels.suffix.lower() for one in labelled if one.labels)
    if len(endings) > 1:
        yield "label files of several kinds: " + ", ".join(
            f"{number} {ending}" for ending, number in endings.items()
        )


def _paired(place: Place) -> Iterator[tuple[Path, Path | None]]:
    """Yield each image with its label file, if it has one."""
    files = place.files or sorted(filter(images.is_image, entries.files_below(place.images)))
    pictures: dict[str, Path] = {}
    faults = []
    # boxes are drawn on a.png, so that a.dm4 beside it, which it was made of, is not looked at
    for path in sorted(files, key=lambda path: images.suffix(path) not in images.PLAIN):
        other = pictures.setdefault(_key(path, place.images), path)
        is_original = (images.suffix(path) in images.PLAIN) < (images.suffix(other) in images.PLAIN)
        if other != path and not is_original:
            found = f"{path}: has the name of {other.name}"
            expected = f"one image for the labels {images.stem(path)}.txt"
            fault = Fault("name", str(path), found, expected, "Rename one of the two.", "image")
            faults.append(fault)
    labels, bad = _label_files(place, pictures.keys())
    orphans = labels.keys() - pictures.keys()
    folded = {entries.folded(key): key for key in pictures.keys() - labels.keys()}
    by_name = {_spelled(path, place.images): key for key, path in pictures.items()}
    for key in sorted(orphans):
        if (same := by_name.get(key)) and same not in labels:  # a.png.txt of a.png
            labels[same] = labels.pop(key)
            continue
        if (same := folded.get(entries.folded(key))) is not None:  # B.TXT of b.png
            labels[same] = labels.pop(key)
        elif place.files is None:
            faults.append(unread.orphan(place, labels[key], pictures.values()))
    refuse([*faults, *bad])
    refuse(unread.of_other_kinds(path for key, path in pictures.items() if key not in labels))
    for key, picture in sorted(pictures.items(), key=lambda item: item[1]):
        yield picture, labels.get(key)


def _beside_images(
    pairs: Sequence[tuple[Place, Path, Path | None]], sizes: Mapping[Path, tuple[int, int]]
) -> Iterator[Fault]:
    """Yield labels beside images whose labels are read from another folder.

    LabelImg saves beside the images unless told otherwise: corrected boxes would lie there unread,
    and those of before the correction would be trained on. Equal copies do no harm.
    """
    for place, image, labels in pairs:
        if place.labels == place.images:
            continue
        for ending in (*READERS, *map(str.upper, READERS)):
            file = image.with_name(f"{images.stem(image)}{ending}")
            if file == labels or not file.is_file():
                continue
            blob = Blob(file.read_bytes(), str(file))
            is_copy = labels is not None and labels.read_bytes() == blob.data
            if not is_copy and _is_label(blob, *sizes[image]):
                found = f"{file}: labels beside the image"
                expected = f"them in {place.labels}, the folder that is read"
                remedy = (
                    f"If they are the corrected ones, move them to {place.labels}; if not, remove "
                    "them."
                )
                yield Fault("beside", str(file), found, expected, remedy, "file")


def _is_label(blob: Blob, width: int, height: int) -> bool:
    """Return whether a file reads as labels; one without a line says that there is no box."""
    drawing = READERS[Path(blob.where).suffix.casefold()](blob, width, height)
    return bool(drawing.boxes) or not drawing.faults


def _key(path: Path, folder: Path) -> str:
    """Return what an image and its label file have in common: their path without a suffix."""
    name = images.stem(path) if images.is_image(path) else path.stem
    return _spelled(path.with_name(name), folder)


def _spelled(path: Path, folder: Path) -> str:
    return entries.spelling(path.relative_to(folder).as_posix())


def _label_files(place: Place, pictures: Set[str]) -> tuple[dict[str, Path], list[Fault]]:
    """Return the label files of a place by their keys, and what else lies among them."""
    labels: dict[str, Path] = {}
    faults = []
    folded = set(map(entries.folded, pictures))
    for path in sorted(entries.files_below(place.labels)):
        ending = path.suffix.casefold()
        if path.name.casefold() in class_names.TEXTS:
            continue
        if ending in READERS:
            is_beside = place.labels == place.images
            if (
                unread.is_of_folder(path, is_beside)
                and entries.folded(_key(path, place.labels)) not in folded
            ):
                continue
            if sidecar.is_of_instrument(path):
                continue
            other = labels.setdefault(_key(path, place.labels), path)
            if other != path:
                found, expected = f"{path}: beside {other.name}", "one label file for an image"
                remedy = "Move the files of one kind away."
                faults.append(Fault("two", str(path), found, expected, remedy, "file"))
        elif ending not in _BESIDE and place.labels != place.images and place.files is None:
            found = f"{path}: found {ending or 'a file without ending'} among the labels"
            expected = "YOLO's .txt, Pascal VOC's .xml or LabelMe's .json"
            remedy = "Convert it to one of these, or move it away."
            faults.append(Fault("ending", str(path), found, expected, remedy, "file"))
    return labels, faults


def _labelled(place: Place, image: Path, labels: Path | None, width: int, height: int) -> _Labelled:
    drawing = Drawing()
    if labels:
        blob = Blob(labels.read_bytes(), str(labels))
        drawing = READERS[labels.suffix.casefold()](blob, width, height)
        drawing.faults[:] = [_of_size(fault, image) for fault in drawing.faults]
    return _Labelled(place, image, labels, width, height, drawing)


def _of_size(fault: Fault, image: Path) -> Fault:
    """Return a fault; where a size was stated of the image as its file stores it, with EXIF named.

    Programs that take no notice of the orientation draw boxes on another view than others show.
    """
    if fault.kind != "size" or (turned := images.orientation(image)) not in images.SIDEWAYS:
        return fault
    found = f"{fault.found} in upright position (EXIF orientation {turned})"
    remedy = "Save the image in upright position, without EXIF, and draw the boxes on it."
    return dataclasses.replace(fault, found=found, remedy=remedy)


def _class_names(
    folder: Path, labelled: Sequence[_Labelled], given: Sequence[str]
) -> tuple[ClassNames, tuple[str, ...]]:
    """Return the names that all places agree on, and a note on blank ones.

    Raises:
      DatasetError: no file names the classes that labels number, or the names differ.
    """
    used = {box.label for one in labelled for box in one.drawing.boxes}
    numbers = {label for label in used if isinstance(label, int)}
    agreed: ClassNames | None = None
    where = folder
    sources: list[Path] = []
    without: list[Path] = []  # folders of labels that have no list beside them
    for place in dict.fromkeys(one.place for one in labelled):
        places = (folder, place.labels.parent, place.labels, place.images)
        names = class_names.found(places, given)
        if names is None:
            without.append(place.labels)
            continue
        sources += names.sources
        if agreed and names.names != agreed.names:
            raise DatasetError(
                f"{place.labels}: classes {', '.join(names.names)}; expected "
                f"{', '.join(agreed.names)}, as in {where}. Number the classes alike in all "
                "splits, and label them again."
            )
        if agreed is None:
            agreed, where = names, place.labels
    if agreed is None and (numbers or not used):
        class_names.read((folder,), given, numbers)  # raises what is missing
    if agreed is None:
        return ClassNames(tuple(sorted(map(str, used)))), ()
    blank = [str(number) for number, name in enumerate(agreed.names) if not name]
    notes = [f"class {', '.join(blank)} has a blank line for its name"] if blank else []
    if without and numbers:
        folders = ", ".join(str(path) for path in without)
        notes.append(f"no list of classes in {folders}; that of {where} is taken")
    return ClassNames(agreed.names, tuple(sources)), tuple(notes)


def _name(label: int | str, names: Sequence[str]) -> str:
    return names[label] if isinstance(label, int) else label


def _unknown(labelled: Sequence[_Labelled], names: Sequence[str]) -> Iterator[Fault]:
    """Yield the boxes of classes that are not among the names."""
    remedy = "Correct or remove the line, or correct the list of classes."
    for one in labelled:
        for label, _, place in one.drawing.boxes:
            if isinstance(label, str):
                is_known, known = label in names, ", ".join(filter(None, names))
            else:
                is_known = 0 <= label < len(names) and bool(names[label])
                known = f"0 to {len(names) - 1}"
            if not is_known:
                blank = ", whose name is a blank line" * (
                    known.startswith("0") and label in range(len(names))
                )
                found = f"{one.labels}, {place} (class {label}{blank}, known are {known})"
                yield Fault("class", str(one.labels), found, "a known class", remedy, "box")
