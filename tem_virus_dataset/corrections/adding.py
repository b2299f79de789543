"""Further predicted micrographs for a folder that was corrected: what is there stays as it is.

A second round of corrections must not move a micrograph from test to train: the score after it
would be of images that the training saw. So micrographs that are there keep their splits, and those
that come later are dealt beside them. An addition that was interrupted is completed by the same
command: micrographs are written in the order in which they are dealt, and the table of what was
laid out is written last.
"""

import collections
import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from tem_virus_dataset.annotations import yolo
from tem_virus_dataset.annotations.annotated import Annotations
from tem_virus_dataset.annotations.folders.entries import folded
from tem_virus_dataset.corrections import edits, untouched
from tem_virus_dataset.corrections import folder as laid_out
from tem_virus_dataset.corrections import predicted as predictions_of
from tem_virus_dataset.corrections.predicted import Predicted
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import atomic, progress
from tem_virus_dataset.formats.pictures import pillow
from tem_virus_dataset.splits.deal import Item, deal


@dataclasses.dataclass(frozen=True)
class Corrected:
    """A folder that is corrected.

    Attributes:
      root: its path; rows: of the micrographs that were laid out in it.
      splits: of the images by their `folded` names without suffix, listed or not.
      annotations: of the listed images.
    """

    root: Path
    rows: Sequence[untouched.Row]
    splits: dict[str, str]
    annotations: Annotations


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
        return f"{there}; nothing was added{edits.unread(predictions, found)}"
    predicted = predictions_of.all_classes(predictions, new)
    classes = _with_new(corrected, predicted)
    numbers = [classes.index(name) for name in predicted]
    boxes: dict[str, laid_out.Boxes] = {}
    for one in new:
        labels, corners = predictions_of.boxes(predictions, one, predicted)
        boxes[one.file] = [numbers[label] for label in labels], corners
    places = _places(corrected, laid_out.items(new, classes, boxes), new)
    tables = _tables(corrected, new, places, classes)
    rows = list(corrected.rows)
    by_file = {one.file: one for one in new}
    for file, place in progress.bar(places.items(), unit="micrograph"):
        one = by_file[file]
        if not (root / laid_out.image_path(place)).exists():
            laid_out.write_image(root, place, predictions_of.image(one))
        if not (root / "labels" / f"{place}.txt").exists():
            laid_out.write_labels(root, place, one, *boxes[file])
        is_edited = edits.is_edited(predictions, one)
        rows.append(untouched.row(root, place, one.made_of.sha256, is_edited))
    for table, data in tables.items():
        atomic.write_bytes(table, data)
    atomic.write_bytes(root / untouched.FILE, untouched.text(rows).encode())
    number = sum(len(labels) for labels, _ in boxes.values())
    notice = predictions_of.notice(predictions, new) + edits.unread(predictions, found)
    return f"{there}; added: {laid_out.summary(places, number)}{notice}"


def _read(root: Path) -> Corrected:
    if not (root / untouched.FILE).is_file():
        raise DatasetError(
            f"{root}: has no {untouched.FILE}; expected a folder that tem-virus correct made. Name "
            "that, or leave out --add to make a new one."
        )
    splits = {
        folded(file.stem): split
        for split in laid_out.KEYS
        for file in (root / "images" / split).glob("*")
    }
    return Corrected(root, untouched.read(root), splits, yolo.read(root))


def _with_new(corrected: Corrected, names: Sequence[str]) -> list[str]:
    """Return the classes of the folder, then those of the prediction that it lacks.

    Raises:
      DatasetError: there are some, and data.yaml is no longer as it was written.
    """
    known = corrected.annotations.classes
    classes = [*known, *(name for name in names if name not in known)]
    file = corrected.root / "data.yaml"
    if len(classes) > len(known):
        text = file.read_text("utf-8") if file.is_file() else ""
        if text != laid_out.yaml(known):
            raise DatasetError(
                f"{file}: was changed, and lacks the predicted class "
                f"{json.dumps(classes[len(known)])}; expected it in the list of names. "
                "Add it there and to each classes.txt as the last line."
            )
    return classes


def _places(
    corrected: Corrected, items: Sequence[Item], new: Sequence[Predicted]
) -> dict[str, str]:
    """Return the place of each new micrograph by its file, such as train/a, as they are dealt.

    What an interrupted addition began keeps its place.

    Args:
      items: of the new micrographs.

    Raises:
      DatasetError: other images of the folder have its names.
    """
    names, known = laid_out.names_of(new), {}
    for one in new:
        for name in (names[one.file], laid_out.plain(one.file)):
            split = corrected.splits.get(folded(name))
            names[one.file] = name
            if split is None:
                break
            file = corrected.root / laid_out.image_path(f"{split}/{name}")
            if _holds(file, one):
                known[one.file] = split
                break
        else:
            raise DatasetError(
                f"{file.with_suffix('')}: there already, of another image than {one.file} of the "
                "prediction; expected names that differ. Rename that micrograph, and predict again."
            )
    there = [
        (Item(str(one.path), str(one.path), collections.Counter(one.classes)), one.split)
        for one in corrected.annotations.pictures
        if folded(one.path.stem) not in {folded(names[file]) for file in known}
    ]
    splits = known | {item.name: split for item, split in there}
    dealt = deal([*(item for item, _ in there), *items], splits)
    return {file: f"{split}/{names[file]}" for file, split in dealt.items() if file in names}


def _holds(file: Path, one: Predicted) -> bool:
    """Return whether an image file is that of a micrograph."""
    try:
        with pillow.opened(file) as image:
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
    added = [f"{name}\n" for name in classes[len(corrected.annotations.classes) :]]
    if added:
        more |= {root / "labels" / split / laid_out.CLASSES: added for split in laid_out.KEYS}
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
