"""A prediction laid out for correction: PNG images and YOLO labels, divided into splits.

    FOLDER/images/{train,validation,test}/a.png
    FOLDER/labels/{train,validation,test}/a.txt, classes.txt
    FOLDER/data.yaml, {train,validation,test}.txt
    FOLDER/pixel_sizes.csv, predicted.csv

It is what `python -m benchmark.run --data folder:FOLDER` reads, before and after the correction.
Annotation programs show PNG, and neither MRC nor 16 bits. LabelImg wants `classes.txt` beside the
labels, CVAT wants `data.yaml` with a list of the images of each split.
"""

import collections
import csv
import io
import json
import re
import shutil
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tem_virus_dataset.annotations.folders.entries import folded
from tem_virus_dataset.corrections import edits, untouched
from tem_virus_dataset.corrections import predicted as predictions_of
from tem_virus_dataset.corrections.predicted import Predicted
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import atomic, progress
from tem_virus_dataset.networks.boxes import centred
from tem_virus_dataset.splits.deal import Item, deal

KEYS = {"train": "train", "validation": "val", "test": "test"}  # of the splits in data.yaml
NO_BOXES = (
    "all are left to draw: predict with a lower --confidence, such as 0.2, another pixel size, or "
    "--invert to have some"
)
# Lists of images have a line for each, and the folder may go to another system.
FORBIDDEN = re.compile(r"""[\x00-\x1f\x7f<>:"/\\|?*]""")
CLASSES = "classes.txt"
FEWEST = 3  # one for each split
Boxes = tuple[Sequence[int], NDArray[np.float64]]  # labels, and corners in pixels
SIZES, SIZES_HEADER = "pixel_sizes.csv", "file,nm_per_pixel\n"


def write(predictions: Path, folder: Path) -> str:
    """Write the folder, whole or not at all; return a line on what is in it.

    Raises:
      DatasetError: the folder is there, the prediction is of too few micrographs, or a micrograph
        was changed. OSError: the folder cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DatasetError(
            f"{folder}: there already; expected a new folder, so that no correction is lost. Name "
            "another, or give --add to lay out in it those micrographs that it lacks."
        )
    found = predictions_of.listed(predictions)
    if (different := len({one.made_of.sha256 for one in found})) < FEWEST:
        copies = f", of which {different} differ" if different < len(found) else ""
        raise DatasetError(
            f"{predictions}: {len(found)} micrographs{copies}; expected {FEWEST} at least, one "
            "each to train on, to choose the threshold by, and to test on. Predict more."
        )
    classes = predictions_of.all_classes(predictions, found)
    boxes = {one.file: predictions_of.boxes(predictions, one, classes) for one in found}
    names, splits = names_of(found), deal(items(found, classes, boxes), {})
    places = {file: f"{split}/{names[file]}" for file, split in splits.items()}
    draft = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
    try:
        rows = []
        for one in progress.bar(found, unit="micrograph"):
            place = places[one.file]
            write_image(draft, place, predictions_of.image(one))
            write_labels(draft, place, one, *boxes[one.file])
            is_edited = edits.is_edited(predictions, one)
            rows.append(untouched.row(draft, place, one.made_of.sha256, is_edited))
        list_of_classes = "".join(f"{name}\n" for name in classes)
        for split in KEYS:
            write_text(draft / "labels" / split / CLASSES, list_of_classes)
            own = sorted(place for place in places.values() if place.startswith(f"{split}/"))
            write_text(draft / f"{split}.txt", "".join(map(line_of_list, own)))
        write_text(draft / "data.yaml", yaml(classes))
        sizes = [line_of_sizes(places[one.file], one) for one in found]
        write_text(draft / SIZES, "".join([SIZES_HEADER, *sizes]))
        write_text(draft / untouched.FILE, untouched.text(rows))
        if folder.is_dir():
            folder.rmdir()
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    number = sum(len(labels) for labels, _ in boxes.values())
    notices = predictions_of.notice(predictions, found) + edits.unread(predictions, found)
    return f"{summary(places, number)}{notices}"


def write_image(folder: Path, place: str, image: NDArray[np.uint8]) -> None:
    """Write the image of a micrograph at a place such as train/a, whole or not at all."""
    out = io.BytesIO()
    Image.fromarray(image).save(out, "PNG")
    atomic.write_bytes(folder / image_path(place), out.getvalue())


def write_labels(
    folder: Path,
    place: str,
    predicted: Predicted,
    labels: Sequence[int],
    corners: NDArray[np.float64],
) -> None:
    """Write the boxes of a micrograph at a place; corners: (n, 4) in pixels of its image."""
    rows, columns = predicted.inside
    sides = np.tile([columns.stop - columns.start, rows.stop - rows.start], 2)
    lines = []
    for label, box in zip(labels, centred(corners) / sides, strict=True):
        if box[2:].min() > 0:
            lines.append(f"{label} {' '.join(f'{value:.8f}' for value in box)}\n")
    file = folder / "labels" / f"{place}.txt"
    file.parent.mkdir(parents=True, exist_ok=True)
    write_text(file, "".join(lines))


def image_path(place: str) -> str:
    """Return the path of the image at a place, from the folder."""
    return f"images/{place}.png"


def line_of_list(place: str) -> str:
    """Return the line of the image at a place in the list of its split."""
    return f"{image_path(place)}\n"


def line_of_sizes(place: str, predicted: Predicted) -> str:
    """Return the line of the image at a place in the table of pixel sizes."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(
        (image_path(place), f"{predicted.nm_per_pixel:.6g}")
    )
    return out.getvalue()


def write_text(file: Path, text: str) -> None:
    """Write a file with line feeds on every system."""
    file.write_text(text, "utf-8", newline="\n")


def yaml(classes: Sequence[str]) -> str:
    """Return the content of `data.yaml`; a JSON text is one of YAML, too."""
    lines = ["path: ./", *(f"{key}: {split}.txt" for split, key in KEYS.items()), "names:"]
    lines += [f"  {number}: {json.dumps(name)}" for number, name in enumerate(classes)]
    return "\n".join(lines) + "\n"


def items(
    found: Sequence[Predicted], classes: Sequence[str], boxes: Mapping[str, Boxes]
) -> list[Item]:
    """Return the micrographs as they are dealt to the splits; copies of a file get one split.

    Args:
      classes: names in the order of the labels; boxes: of each micrograph, by its file.
    """
    return [
        Item(
            one.file,
            one.made_of.sha256,
            collections.Counter(classes[label] for label in boxes[one.file][0]),
        )
        for one in found
    ]


def names_of(found: Sequence[Predicted]) -> dict[str, str]:
    """Return the name of each micrograph in the folder, by its file.

    Raises:
      DatasetError: two have the same.
    """
    names = {one.file: plain(one.file.rpartition(".")[0]) for one in found}
    often = collections.Counter(map(folded, names.values()))
    often[Path(CLASSES).stem] += 1  # a list of the classes lies among the labels
    whole = {
        file: name if often[folded(name)] == 1 else plain(file) for file, name in names.items()
    }
    if len(set(map(folded, whole.values()))) < len(found):
        raise DatasetError(
            f"{found[0].path}: some micrographs have names that differ only in their folders, "
            "in capitals, or in signs or accents that not every system takes; expected names that "
            "differ. Rename them, and predict again."
        )
    return whole


def plain(name: str) -> str:
    """Return the name of an image that lists of lines and every system take.

    >>> plain("grid 1/a:b")
    'grid 1_a_b'
    """
    return FORBIDDEN.sub("_", name).strip(" ") or "_"


def summary(places: Mapping[str, str], boxes: int) -> str:
    """Return a line on micrographs that were laid out; places: of each, by its file."""
    splits = collections.Counter(place.partition("/")[0] for place in places.values())
    parts = ", ".join(f"{splits[split]} {split}" for split in KEYS)
    line = f"micrographs: {len(places)} ({parts}), boxes: {boxes}"
    return line if boxes else f"{line} ({NO_BOXES})"
