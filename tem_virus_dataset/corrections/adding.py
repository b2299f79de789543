"""Further predicted micrographs for a folder that was corrected: what is there stays as it is.

A second round of corrections must not move a micrograph from test to train: the score after it
would be of images that the training saw. So micrographs that are there keep their splits, and those
that come later are dealt in the same turn. An addition that was interrupted is completed by the
same command: the table of what was laid out is written last.
"""

import collections
import dataclasses
import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from tem_virus_dataset.annotations import yolo
from tem_virus_dataset.corrections import folder as laid_out
from tem_virus_dataset.corrections import predicted as predictions_of
from tem_virus_dataset.corrections import untouched
from tem_virus_dataset.corrections.predicted import Predicted
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import atomic, progress


@dataclasses.dataclass(frozen=True)
class Corrected:
    """A folder that is corrected.

    Attributes:
      root: its path; rows: of the micrographs that were laid out in it.
      splits: of the images by their names without suffix, in lower case, listed or not.
      classes: names in the order of the labels.
    """

    root: Path
    rows: Sequence[untouched.Row]
    splits: dict[str, str]
    classes: tuple[str, ...]


def add(predictions: Path, root: Path) -> str:
    """Lay out the micrographs that a folder lacks; return a line on what was added.

    Raises:
      DatasetError: the folder is none of `correct`, or its labels cannot be read; a micrograph was
        changed, or has the name of another one. OSError: the folder cannot be written.
    """
    corrected = _read(root)
    found = predictions_of.listed(predictions)
    known = {row.micrograph_sha256 for row in corrected.rows}
    new = [one for one in found if one.made_of.sha256 not in known]
    there = f"{len(found) - len(new)} of {len(found)} micrographs were there"
    if not new:
        return f"{there}; nothing was added"
    classes = _with_new(corrected, predictions_of.class_names(predictions))
    numbers = [classes.index(name) for name in predictions_of.class_names(predictions)]
    boxes = {}
    for one in new:
        labels, corners = predictions_of.boxes(predictions, one)
        boxes[one.file] = [numbers[label] for label in labels], corners
    order = laid_out.in_order({file: labels for file, (labels, _) in boxes.items()})
    by_file = {one.file: one for one in new}
    places = _places(corrected, [by_file[file] for file in order])
    tables = _tables(corrected, new, places, classes)
    rows = list(corrected.rows)
    for one in progress.bar(new, unit="micrograph"):
        place = places[one.file]
        if not (root / laid_out.image_path(place)).exists():
            laid_out.write_image(root, place, predictions_of.image(one))
        if not (root / "labels" / f"{place}.txt").exists():
            laid_out.write_labels(root, place, one, *boxes[one.file])
        rows.append(untouched.row(root, place, one.made_of.sha256))
    for file, data in tables.items():
        atomic.write_bytes(file, data)
    atomic.write_bytes(root / untouched.FILE, untouched.text(rows).encode())
    number = sum(len(labels) for labels, _ in boxes.values())
    return f"{there}; added: {laid_out.summary(places, number)}"


def _read(root: Path) -> Corrected:
    if not (root / untouched.FILE).is_file():
        raise DatasetError(
            f"{root}: has no {untouched.FILE}; expected a folder that tem-virus correct made. Name "
            "that, or leave out --add to make a new one."
        )
    splits = {
        file.stem.casefold(): split
        for split in laid_out.KEYS
        for file in (root / "images" / split).glob("*")
    }
    return Corrected(root, untouched.read(root), splits, tuple(yolo.read(root).classes))


def _with_new(corrected: Corrected, names: Sequence[str]) -> list[str]:
    """Return the classes of the folder, then those of the prediction that it lacks.

    Raises:
      DatasetError: there are some, and data.yaml is no longer as it was written.
    """
    classes = [*corrected.classes, *(name for name in names if name not in corrected.classes)]
    file = corrected.root / "data.yaml"
    if len(classes) > len(corrected.classes):
        text = file.read_text("utf-8") if file.is_file() else ""
        if text != laid_out.yaml(corrected.classes):
            raise DatasetError(
                f"{file}: was changed, and lacks the predicted class "
                f"{json.dumps(classes[len(corrected.classes)])}; expected it in the list of names. "
                "Add it there and to each classes.txt as the last line."
            )
    return classes


def _places(corrected: Corrected, new: Sequence[Predicted]) -> dict[str, str]:
    """Return the place of each new micrograph by its file, such as train/a.

    Args:
      new: in the order in which they are dealt; what an interrupted addition began keeps its place.

    Raises:
      DatasetError: other images of the folder have its names.
    """
    turn = itertools.cycle(laid_out.DEAL)
    dealt = itertools.islice(turn, len(corrected.splits) % len(laid_out.DEAL), None)
    names, places = laid_out.names_of(new), {}
    for one in new:
        for name in (names[one.file], one.file.replace("/", "_")):
            split = corrected.splits.get(name.casefold())
            if split is None:
                places[one.file] = f"{next(dealt)}/{name}"
                break
            place = f"{split}/{name}"
            if _holds(corrected.root / laid_out.image_path(place), one):
                places[one.file] = place
                break
        else:
            raise DatasetError(
                f"{corrected.root / 'images' / place}: there already, of another image than "
                f"{one.file} of the prediction; expected names that differ. Rename that "
                "micrograph, and predict again."
            )
    return places


def _holds(file: Path, one: Predicted) -> bool:
    """Return whether an image file is that of a micrograph."""
    try:
        with Image.open(file) as image:
            return np.array_equal(np.asarray(image), predictions_of.image(one))
    except OSError:  # none, or of another program
        return False


def _tables(
    corrected: Corrected, new: Sequence[Predicted], places: dict[str, str], classes: Sequence[str]
) -> dict[Path, bytes]:
    """Return lists of splits, pixel sizes and classes with what is new; other lines stay."""
    root = corrected.root
    more: dict[Path, list[str]] = collections.defaultdict(list)
    for one in new:
        place = places[one.file]
        more[root / f"{place.partition('/')[0]}.txt"].append(laid_out.line_of_list(place))
        more[root / laid_out.SIZES].append(laid_out.line_of_sizes(place, one))
    added = [f"{name}\n" for name in classes[len(corrected.classes) :]]
    if added:
        more |= {root / "labels" / split / "classes.txt": added for split in laid_out.KEYS}
    tables = {file: _extended(file, lines) for file, lines in more.items()}
    if added:
        tables[root / "data.yaml"] = laid_out.yaml(classes).encode()
    return tables


def _extended(file: Path, lines: Sequence[str]) -> bytes:
    """Return the content of a text file with those lines that it lacks.

    Raises:
      DatasetError: it is no UTF-8, or a table of pixel sizes with another header.
    """
    header = laid_out.SIZES_HEADER if file.name == laid_out.SIZES else ""
    try:
        text = file.read_bytes().decode("utf-8-sig") if file.is_file() else header
    except UnicodeDecodeError as error:
        raise DatasetError(f"{file}: no UTF-8 ({error}); expected it. Save it as such.") from error
    there = text.splitlines()
    if header and there[:1] != header.splitlines():
        raise DatasetError(
            f"{file}: begins with {''.join(there[:1])!r}; expected {header.strip()}. Restore that "
            "line, with commas between the columns and decimal points in the numbers."
        )
    text = text if not text or text.endswith("\n") else f"{text}\n"
    return (text + "".join(line for line in lines if line.rstrip("\n") not in there)).encode()
