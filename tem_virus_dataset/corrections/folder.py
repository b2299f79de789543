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
import itertools
import json
import shutil
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tem_virus_dataset.corrections import predicted as predictions_of
from tem_virus_dataset.corrections import untouched
from tem_virus_dataset.corrections.predicted import Predicted
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import progress
from tem_virus_dataset.networks.boxes import centred

DEAL = ("train", "validation", "test", "train", "train")  # of the micrographs, class by class
KEYS = {"train": "train", "validation": "val", "test": "test"}  # of the splits in data.yaml
NO_BOXES = (
    "all are left to draw: predict with a lower --confidence, such as 0.2, another pixel size, or "
    "--invert to have some"
)
FEWEST = 3  # one for each split


def write(predictions: Path, folder: Path) -> str:
    """Write the folder, whole or not at all; return a line on what is in it.

    Raises:
      DatasetError: the folder is there, the prediction is of too few micrographs, or a micrograph
        was changed. OSError: the folder cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DatasetError(
            f"{folder}: there already; expected a new folder, so that no correction is lost. Name "
            "another."
        )
    found = predictions_of.listed(predictions)
    if len(found) < FEWEST:
        raise DatasetError(
            f"{predictions}: {len(found)} micrographs; expected {FEWEST} at least, one each to "
            "train on, to choose the threshold by, and to test on. Predict more."
        )
    classes = predictions_of.class_names(predictions)
    boxes = {one.file: predictions_of.boxes(predictions, one) for one in found}
    places = _places(found, {file: labels for file, (labels, _) in boxes.items()})
    draft = folder.with_name(f".{folder.name}.{uuid.uuid4().hex}")
    try:
        for one in progress.bar(found, unit="micrograph"):
            _write_micrograph(draft, places[one.file], one, boxes[one.file])
        names = "".join(f"{name}\n" for name in classes)
        for split in KEYS:
            _text(draft / "labels" / split / "classes.txt", names)
            own = sorted(place for place in places.values() if place.startswith(f"{split}/"))
            _text(draft / f"{split}.txt", "".join(f"images/{place}.png\n" for place in own))
        _text(draft / "data.yaml", _yaml(classes))
        _text(draft / "pixel_sizes.csv", _sizes(found, places))
        _text(draft / untouched.FILE, untouched.text(draft))
        if folder.is_dir():
            folder.rmdir()
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return _summary(places, sum(len(labels) for labels, _ in boxes.values()))


def _write_micrograph(
    draft: Path,
    place: str,
    predicted: Predicted,
    boxes: tuple[Sequence[int], NDArray[np.float64]],
) -> None:
    """Write image and labels at a place such as train/a."""
    image = predictions_of.image(predicted)
    height, width = image.shape
    picture, labels = draft / "images" / f"{place}.png", draft / "labels" / f"{place}.txt"
    for file in (picture, labels):
        file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(image).save(picture)
    lines = []
    sides = np.tile([width, height], 2)
    for label, box in zip(boxes[0], centred(boxes[1]) / sides, strict=True):
        if box[2:].min() > 0:
            lines.append(f"{label} {' '.join(f'{value:.8f}' for value in box)}\n")
    _text(labels, "".join(lines))


def _text(file: Path, text: str) -> None:
    file.write_text(text, "utf-8", newline="\n")


def _yaml(classes: Sequence[str]) -> str:
    """Return `data.yaml`; a JSON text is one of YAML, too."""
    lines = ["path: ./", *(f"{key}: {split}.txt" for split, key in KEYS.items()), "names:"]
    lines += [f"  {number}: {json.dumps(name)}" for number, name in enumerate(classes)]
    return "\n".join(lines) + "\n"


def _places(found: Sequence[Predicted], labels: Mapping[str, Sequence[int]]) -> dict[str, str]:
    """Return split and name of each micrograph by its file, such as train/a.

    They are dealt in turn, by their most frequent class and with the fullest first: splits have
    similar shares of each class, and every split has particles where three micrographs have some.
    """
    names = {one.file: one.file.rpartition(".")[0].replace("/", "_") for one in found}
    often = collections.Counter(name.casefold() for name in names.values())
    whole = {
        file: name if often[name.casefold()] == 1 else file.replace("/", "_")
        for file, name in names.items()
    }
    if len({name.casefold() for name in whole.values()}) < len(found):
        raise DatasetError(
            f"{found[0].path}: some micrographs have names that differ only in their folders; "
            "expected names that differ. Rename them, and predict again."
        )
    order = sorted(whole, key=lambda file: (*_rank(labels[file]), file))
    return {
        file: f"{split}/{whole[file]}"
        for file, split in zip(order, itertools.cycle(DEAL), strict=False)
    }


def _rank(labels: Sequence[int]) -> tuple[bool, int, int]:
    """Return whether a micrograph is empty, its most frequent class, and how full it is."""
    most = min(labels, key=lambda label: (-labels.count(label), label), default=0)
    return not labels, most, -len(labels)


def _sizes(found: Sequence[Predicted], places: Mapping[str, str]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("file", "nm_per_pixel"))
    for one in found:
        writer.writerow((f"images/{places[one.file]}.png", f"{one.nm_per_pixel:.6g}"))
    return out.getvalue()


def _summary(places: Mapping[str, str], boxes: int) -> str:
    splits = collections.Counter(place.partition("/")[0] for place in places.values())
    parts = ", ".join(f"{splits[split]} {split}" for split in dict.fromkeys(DEAL))
    line = f"micrographs: {len(places)} ({parts}), boxes: {boxes}"
    return line if boxes else f"{line} ({NO_BOXES})"
