"""A detector's predictions: the boxes that it found in each micrograph of a split, as CSV.

Header `id,class,confidence,x,y,width,height`, then one row for each find: the micrograph's id, x
and y of the box's centre, its width and height in pixels. A micrograph in which nothing was found
has one row whose other cells are empty, so that a micrograph nobody looked at is noticed. May be
gzipped. Nothing else is accepted from a stranger: no pickles, no model files.
"""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.detection import DIGITS, BoxTable
from leaderboard.predictions import detection_rows
from leaderboard.predictions.csv_rows import PredictionsError
from leaderboard.predictions.detection_rows import HEADER
from leaderboard.predictions.text import DIGITS as CONFIDENCE_DIGITS
from leaderboard.predictions.text import read_text, write_text

__all__ = ["Detections", "PredictionsError", "joined", "read", "write"]


@dataclass(frozen=True)
class Detections:
    """What was found in n micrographs, the surest find first.

    Attributes:
      ids: (n,) str, of the micrographs that were looked at.
      micrographs: (m,) int64, index into `ids` of each find; labels: (m,) int64, of its class.
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
    """Join what was found in each micrograph, rounded as a file holds it.

    Args:
      ids: n micrographs; the others hold an array for each: boxes (k, 4) x, y of the centre,
        width, height in pixels, labels (k,), confidence (k,) from 0 to 1.
    """
    sure = np.concatenate([np.zeros(0), *confidence]).astype(np.float64)
    rounded = np.round(sure, CONFIDENCE_DIGITS)
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


def read(path: Path, table: BoxTable) -> Detections:
    """Read what was found in exactly the micrographs of a table, `ids` in its order.

    Raises:
      PredictionsError: the file is missing, damaged or too large; a micrograph or class is unknown;
        a micrograph is missing, has both finds and a row without one, or more finds than
        `detections_csv.MOST`; a number is none, a confidence is not from 0 to 1, a box has no size.
    """
    found = detection_rows.parse(path, read_text(path), table.ids.tolist(), table.classes)
    order = [np.flatnonzero(found.micrographs == n) for n in range(len(table))]
    return joined(
        table.ids.tolist(),
        [found.boxes[rows] for rows in order],
        [found.labels[rows] for rows in order],
        [found.confidence[rows] for rows in order],
    )


def write(path: Path, found: Detections, classes: Sequence[str]) -> None:
    """Write detections atomically; gzipped when the name ends in `.gz`.

    `read` gives back what `joined` made. Equal detections give an equal file.

    Raises:
      PredictionsError: the detections are such as `read` would refuse.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    for number, one in enumerate(found.ids):
        rows = np.flatnonzero(found.micrographs == number)
        for row in rows:
            writer.writerow(
                [
                    one,
                    classes[found.labels[row]],
                    f"{found.confidence[row]:.{CONFIDENCE_DIGITS}f}",
                    *(f"{value:.{DIGITS}f}" for value in found.boxes[row]),
                ]
            )
        if not len(rows):
            writer.writerow([one, *[""] * (len(HEADER) - 1)])
    detection_rows.parse(path, text.getvalue(), found.ids.tolist(), classes)
    write_text(path, text.getvalue())
