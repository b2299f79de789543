"""A detector's predictions: the boxes that it reports in each micrograph of a split, as CSV.

Header `id,class,confidence,x,y,width,height`, then one row for each detection: the micrograph's id,
x and y of the box's centre, its width and height in pixels. A micrograph without a detection has
one row whose other cells are empty, so that a micrograph that was left out is noticed. May be
gzipped. Nothing else is accepted from a stranger: no pickles, no model files.
"""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from leaderboard.files.names import shown
from leaderboard.ground_truth.detection import DIGITS, FEWEST_ALLOWED, BoxTruth
from leaderboard.predictions import hints
from leaderboard.predictions.text import DIGITS as CONFIDENCE_DIGITS
from leaderboard.predictions.text import LIMIT, PredictionsError, csv_rows, read_text, write_text

__all__ = ["Detections", "PredictionsError", "joined", "read", "read_for", "write"]

HEADER = ("id", "class", "confidence", "x", "y", "width", "height")
NUMBERS = 80  # characters of the numbers of a row, at most, as `write` writes them
MAX_PIXELS = 1e6  # of every number of a box
_ONE = r"-?(?:[0-9]{1,40}\.?[0-9]{0,40}|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,3})? *"
_NUMBER = re.compile(_ONE, re.ASCII)
_FIVE = re.compile(",".join([_ONE] * 5), re.ASCII)


@dataclass(frozen=True)
class Detections:
    """m detections in n micrographs, the most confident first.

    Attributes:
      ids: (n,) str, of all micrographs, those without a detection among them.
      micrographs: (m,) int64, index into `ids` of each detection; labels: (m,) int64, its class.
      confidence: (m,) float64, 0 to 1, falling, of six digits.
      boxes: (m, 4) float64 x, y of the centre, width, height in pixels, of two digits.
    """

    ids: NDArray[np.str_]
    micrographs: NDArray[np.int64]
    labels: NDArray[np.int64]
    confidence: NDArray[np.float64]
    boxes: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.confidence)


def joined(
    ids: Sequence[str],
    boxes: Sequence[NDArray[np.floating]],
    labels: Sequence[NDArray[np.integer]],
    confidence: Sequence[NDArray[np.floating]],
) -> Detections:
    """Join the detections of all micrographs, rounded as a file holds them.

    Args:
      ids: n micrographs; the others hold an array for each: boxes (k, 4) x, y of the centre,
        width, height in pixels, labels (k,), confidence (k,) from 0 to 1.
    """
    unrounded = np.concatenate([np.zeros(0), *confidence]).astype(np.float64)
    rounded = np.round(unrounded, CONFIDENCE_DIGITS)
    order = np.argsort(-rounded, kind="stable")
    all_boxes = np.vstack([np.zeros((0, 4)), *boxes], dtype=np.float64).round(DIGITS)
    all_boxes[:, 2:] = np.maximum(all_boxes[:, 2:], 10.0**-DIGITS)  # a box has a size
    return Detections(
        np.array(ids, np.str_),
        np.repeat(np.arange(len(ids)), [len(part) for part in confidence])[order],
        np.concatenate([np.zeros(0, np.int64), *labels]).astype(np.int64)[order],
        rounded[order],
        all_boxes[order],
    )


def read_for(path: Path, truth: BoxTruth) -> Detections:
    """Read the detections in the micrographs of a ground-truth table; raises what `read` raises."""
    return read(path, truth.ids.tolist(), truth.classes, truth.max_detections)


def read(
    path: Path,
    ids: Sequence[str],
    classes: Sequence[str],
    max_detections: int = FEWEST_ALLOWED,
) -> Detections:
    """Read the detections in exactly these micrographs.

    Args:
      path: the CSV file, gzipped or not; rows may stand in any order, but of one micrograph those
        of equal confidence are matched in theirs, as in pycocotools.
      ids: every micrograph of the split; classes: names, by which `labels` of the result counts.
      max_detections: of one micrograph, see `BoxTruth.max_detections`.

    Raises:
      PredictionsError: the file is missing, damaged or too large; a micrograph or class is unknown;
        a micrograph is missing, has both detections and a row without one, or more than
        `max_detections`; a number is none, a confidence is not from 0 to 1, a box has no size.
    """
    row = max(map(len, ids), default=0) + max(map(len, classes), default=0) + NUMBERS
    text = read_text(path, max(LIMIT, len(ids) * max_detections * row))
    return _parse(path, text, ids, classes, max_detections)


def write(
    path: Path,
    detections: Detections,
    classes: Sequence[str],
    max_detections: int = FEWEST_ALLOWED,
) -> None:
    """Write detections atomically; gzipped when the name ends in `.gz`.

    `read` gives back what `joined` returned. Equal detections give an equal file.

    Raises:
      PredictionsError: the detections are such as `read` would refuse.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for number, name in enumerate(detections.ids):
        rows = np.flatnonzero(detections.micrographs == number)
        for row in rows:
            writer.writerow(
                [
                    name,
                    classes[detections.labels[row]],
                    f"{detections.confidence[row]:.{CONFIDENCE_DIGITS}f}",
                    *(f"{value:.{DIGITS}f}" for value in detections.boxes[row]),
                ]
            )
        if not len(rows):
            writer.writerow([name, *[""] * (len(HEADER) - 1)])
    _parse(path, text.getvalue(), detections.ids.tolist(), classes, max_detections)
    write_text(path, text.getvalue())


def _parse(
    path: Path, text: str, ids: Sequence[str], classes: Sequence[str], max_detections: int
) -> Detections:
    """Return the detections in a CSV text; `path` is for the messages.

    Raises:
      PredictionsError: see `read`.
    """
    rows = csv_rows(path, text)
    line, header = next(rows, (1, []))
    if tuple(header) != HEADER:
        raise PredictionsError(
            f"{path}: line {line}: found {shown(','.join(header))}, expected the header "
            f"{','.join(HEADER)}.{hints.of_header(header, ids, HEADER) or _of_columns(header)}"
        )
    known = set(ids)
    label = {name: number for number, name in enumerate(classes)}
    counts: Counter[str] = Counter()
    empty: set[str] = set()
    labels: dict[str, list[int]] = {name: [] for name in ids}
    numbers: dict[str, list[list[float]]] = {name: [] for name in ids}  # confidence and box
    for line, row in rows:
        if len(row) == 1:  # an id alone, without the commas
            row = [*row, *[""] * (len(HEADER) - 1)]
        if len(row) != len(HEADER):
            raise PredictionsError(
                f"{path}: line {line}: found {len(row)} columns, expected {len(HEADER)}."
                f"{hints.of_last_cell(row)}"
            )
        micrograph, class_name, *cells = row
        if micrograph not in known:
            hint = _meant(micrograph, ids) or hints.of_split(micrograph, ids)
            raise PredictionsError(
                f"{path}: line {line}: unknown id {shown(micrograph)}, expected a micrograph of "
                f"this split, such as {shown(ids[0]) if ids else 'none'}. Predict one split of "
                f"this data config only.{hint}"
            )
        is_empty = not any(row[1:])
        if micrograph in empty or (counts[micrograph] and is_empty):
            raise PredictionsError(
                f"{path}: line {line}: {shown(micrograph)} has a row without a detection, and "
                "another row; expected either detections or one row whose other cells are empty. "
                "Take one of them away."
            )
        if is_empty:
            empty.add(micrograph)
            continue
        if class_name not in label:
            raise PredictionsError(
                f"{path}: line {line}: unknown class {shown(class_name)}, expected one of "
                f"{', '.join(classes)}.{_meant(class_name, classes)}"
            )
        counts[micrograph] += 1
        if counts[micrograph] > max_detections:
            raise PredictionsError(
                f"{path}: line {line}: more than {max_detections} detections in "
                f"{shown(micrograph)}. Give the {max_detections} most confident."
            )
        labels[micrograph].append(label[class_name])
        numbers[micrograph].append(_numbers(path, line, cells))
    missing = [name for name in ids if name not in counts and name not in empty]
    if missing:
        raise PredictionsError(
            f"{path}: {len(missing)} of {len(ids)} micrographs are missing, the first is "
            f"{shown(missing[0])}. For a micrograph without a detection, give one row with the id "
            "and empty cells."
        )
    arrays = [np.array(numbers[name], np.float64).reshape(-1, 5) for name in ids]
    return joined(
        ids,
        [array[:, 1:] for array in arrays],
        [np.array(labels[name], np.int64) for name in ids],
        [array[:, 0] for array in arrays],
    )


def _of_columns(header: Sequence[str]) -> str:
    """Return what to do about columns of other names."""
    missing = [name for name in HEADER if name not in header]
    unknown = [name for name in header if name not in HEADER]
    if len(unknown) == len(missing) == 1:
        return f" Call {shown(unknown[0])} {missing[0]}, if that is what it holds."
    faults = {"Missing": missing, "Unknown": unknown}
    texts = [f" {name}: {', '.join(map(shown, found))}." for name, found in faults.items() if found]
    centre = " x and y are the centre of the box." if {"x", "y"} & {*missing} else ""
    return f"{''.join(texts)} Write these columns alone.{centre}"


def _meant(found: str, known: Sequence[str]) -> str:
    name = hints.of_name(found, known)
    return f" Is {shown(name)} meant? Write it so." if name else ""


def _numbers(path: Path, line: int, cells: list[str]) -> list[float]:
    """Return confidence, x, y, width and height.

    A leaderboard has millions of rows, so a row is looked at as a whole, and number by number only
    where one of them is wrong.
    """
    if not _FIVE.fullmatch(",".join(cells)):
        _refuse(path, line, cells)
    values = [float(cell) for cell in cells]
    confidence, x, y, width, height = values
    is_inside = -MAX_PIXELS <= x <= MAX_PIXELS and -MAX_PIXELS <= y <= MAX_PIXELS
    is_box = 0 < width <= MAX_PIXELS and 0 < height <= MAX_PIXELS
    if not (0 <= confidence <= 1 and is_inside and is_box):
        _refuse(path, line, cells)
    return values


def _refuse(path: Path, line: int, cells: list[str]) -> NoReturn:
    """Raise a PredictionsError for the first number that is wrong."""
    for name, cell in zip(HEADER[2:], cells, strict=True):
        value = float(cell) if _NUMBER.fullmatch(cell) else math.nan
        least = -MAX_PIXELS if name in ("x", "y") else 0.0
        most = 1.0 if name == "confidence" else MAX_PIXELS
        is_size = name in ("width", "height")
        if not (least <= value <= most and (value > 0 or not is_size)):
            expected = {"confidence": "a number from 0 to 1"}.get(name, "pixels")
            hint = " Write a decimal point." if "," in cell else ""
            if name == "confidence" and _NUMBER.fullmatch(cell):
                percent, logit = "Is it percent? Divide by 100.", "Is it a logit? Give its sigmoid."
                hint = f" {percent if 1 < value <= 100 else logit}"
            raise PredictionsError(
                f"{path}: line {line}: {name}: found {shown(cell)}, expected "
                f"{'pixels, more than 0' if is_size else expected}.{hint}"
            )
    raise AssertionError("every number is as expected")
