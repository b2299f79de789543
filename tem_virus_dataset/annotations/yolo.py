"""YOLO label folders, as makesense.ai, labelImg and YOLO's own programs write and read them.

Read are these, `SPLIT` being train, validation (or valid, val) or test:

    images/SPLIT/a.png  labels/SPLIT/a.txt
    SPLIT/images/a.png  SPLIT/labels/a.txt
    images/a.png        labels/a.txt
    a.png               a.txt

A label file has a line `class x y width height` for each box, in fractions of the image. The
classes' names are in `data.yaml` or, a line for each, in `classes.txt` (or `labels.txt`), in the
folder or beside the label files.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from tem_virus_dataset.annotations import class_names
from tem_virus_dataset.annotations.annotated import (
    Annotated,
    Annotations,
    Corners,
    clip_box,
    size_of,
)
from tem_virus_dataset.annotations.yolo_labels import read_lines
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.tree import Blob
from tem_virus_dataset.micrographs.boxed_micrograph import Box

SPLITS = {"train": ("train",), "validation": ("validation", "valid", "val"), "test": ("test",)}
PICTURES = (".png", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp")


def read(folder: Path, classes: Sequence[str] = ()) -> Annotations:
    """Read the images of a folder and their boxes.

    Args:
      classes: names in the order of the class index, where no file names them.

    Raises:
      DatasetError: no such folder, no images, no names of classes or some that differ,
        labels without an image, two images of one name, or a label that cannot be read: an
        unknown class, a box of no size or wholly outside.
    """
    pictures: list[Annotated] = []
    known: dict[tuple[str, ...], Path] = {}
    cut = 0
    for split, images, labels in _places(folder):
        names = class_names.read((folder, labels.parent, labels), classes)
        _check_same(names, known, labels)
        for picture, label_file in _paired(images, labels):
            annotated, clipped = _annotated(picture, label_file, names, split)
            pictures.append(annotated)
            cut += clipped
    if not pictures:
        raise DatasetError(
            f"{folder}: found no image; expected images/ with labels/ beside it, or images "
            f"({', '.join(PICTURES)}) with their .txt. Name another folder."
        )
    return Annotations(tuple(pictures), tuple(names), cut)


def _places(folder: Path) -> Iterator[tuple[str, Path, Path]]:
    """Yield split, folder of images and folder of labels."""
    if not folder.is_dir():
        raise DatasetError(f"{folder}: no folder; expected one with labelled images.")
    found = [
        (split, images, labels)
        for split, names in SPLITS.items()
        for name in names
        for images, labels in (
            (folder / "images" / name, folder / "labels" / name),
            (folder / name / "images", folder / name / "labels"),
        )
        if images.is_dir()
    ]
    if not found and (folder / "images").is_dir():
        found = [("", folder / "images", folder / "labels")]
    for split, images, labels in found:
        if not labels.is_dir():
            raise DatasetError(
                f"{labels}: missing; expected the labels of {images}. Put them there, an empty "
                "folder if all of it is background."
            )
        yield split, images, labels
    if not found:
        yield "", folder, folder


def _check_same(names: Sequence[str], known: dict[tuple[str, ...], Path], labels: Path) -> None:
    """Refuse names of classes that are not those of the splits before."""
    known.setdefault(tuple(names), labels)
    if len(known) > 1:
        (first, where), *_ = known.items()
        raise DatasetError(
            f"{labels}: classes {', '.join(names)}; expected {', '.join(first)}, as in {where}. "
            "Number the classes alike in all splits, and label them again."
        )


def _paired(images: Path, labels: Path) -> Iterator[tuple[Path, Path | None]]:
    """Yield each image with its label file, if it has one."""
    pictures: dict[str, Path] = {}
    for path in sorted(images.iterdir()):
        if path.suffix.lower() in PICTURES:
            other = pictures.setdefault(path.stem, path)
            if other != path:
                raise DatasetError(
                    f"{path}: has the name of {other.name}; expected one image for the labels "
                    f"{path.stem}.txt. Rename one of the two."
                )
    files = {
        path.stem: path
        for path in sorted(labels.glob("*.txt"))
        if path.name not in class_names.TEXTS
    }
    for stem in sorted(files.keys() - pictures.keys()):
        raise DatasetError(
            f"{files[stem]}: labels without an image; expected {stem} with one of "
            f"{', '.join(PICTURES)} in {images}. Add the image, or remove the labels."
        )
    for stem, picture in pictures.items():
        yield picture, files.get(stem)


def _annotated(
    picture: Path, labels: Path | None, names: Sequence[str], split: str
) -> tuple[Annotated, int]:
    """Read the boxes of one image; also returns how many were clipped."""
    width, height = size_of(picture)

    def inside(label: int, box: Box) -> tuple[str, Corners, bool]:
        if not 0 <= label < len(names):
            raise ValueError(f"class {label}, known are 0 to {len(names) - 1}")
        x, y, w, h = box[0] * width, box[1] * height, box[2] * width, box[3] * height
        corners = x - w / 2, y - h / 2, x + w / 2, y + h / 2
        return names[label], *clip_box(corners, width, height)

    blob = Blob(labels.read_bytes(), str(labels)) if labels else Blob(b"", "")
    found = read_lines(blob, inside, "Correct or remove the line.")
    boxes = tuple(corners for _, corners, _ in found)
    of = tuple(name for name, _, _ in found)
    return Annotated(picture, width, height, boxes, of, split), sum(cut for *_, cut in found)
