"""Files that may hold the labels of images, and whether a folder of images has some."""

from collections.abc import Sequence
from pathlib import Path

from tem_virus_dataset.annotations.folders import entries, images, other_kinds
from tem_virus_dataset.formats import sidecar

SUFFIXES = other_kinds.OF_LABELS


def has_labels(pictures: Path, labels: Path, endings: Sequence[str] = SUFFIXES) -> bool:
    """Return whether an image of a folder, or below it, has a label file, however spelled.

    Args:
      labels: the folder of the label files; endings: of those that count.
    """
    by_name: dict[str, list[Path]] = {}
    for file in filter(is_label, entries.files_below(labels)):
        if file.suffix.casefold() not in endings:
            continue
        stem = file.relative_to(labels).with_suffix("").as_posix()
        by_name.setdefault(entries.folded(stem), []).append(file)
    for image in filter(images.is_image, entries.files_below(pictures) if by_name else ()):
        path = image.relative_to(pictures)
        for name in (path.with_name(images.stem(path)), path):  # a.txt or a.png.txt of a.png
            found = by_name.get(entries.folded(name.as_posix()), ())
            if any(name != path or _has_boxes(file) for file in filter(is_read, found)):
                return True
    return False


def _has_boxes(file: Path) -> bool:
    """Return whether a.png.txt holds boxes: a text with words is of another program."""
    if file.suffix.casefold() == ".txt":
        return file.read_bytes().lstrip()[:1].isdigit()
    return other_kinds.of_file(file) is not None


def is_label(file: Path) -> bool:
    """Return whether a file may hold labels: not one that a microscope wrote beside its image."""
    return file.suffix.casefold() in SUFFIXES and not sidecar.is_of_instrument(file)


def is_read(file: Path) -> bool:
    """Return whether a file that may hold labels is of no kind that is known and not read."""
    return other_kinds.of_file(file) in (None, *other_kinds.READ)
