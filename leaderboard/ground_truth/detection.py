"""Ground truth of detectors: the boxes of each validation and test micrograph.

`detection_tables/<dataset>/<config>-<version>.csv` is such a table; with it detections can be
scored without an image. `python -m benchmark.ground_truth` creates one from a prepared config. A
row is a box, or a micrograph without one, whose last five cells are empty. Columns: `id` of the
micrograph; its `image_width` and `image_height` in pixels; `nm_per_pixel`, empty where it is not
known; `class`; `x`, `y` of the box's centre, its `width` and `height`, in pixels.
"""

import csv
import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard.files.atomic import write_bytes
from leaderboard.ground_truth import table_files
from leaderboard.ground_truth.table_files import GroundTruthError, full_name

FOLDER = Path(__file__).with_name("detection_tables")
CONTENT = "boxes in whole micrographs"
COLUMNS = (
    "id", "image_width", "image_height", "nm_per_pixel", "class", "x", "y", "width", "height",
)  # fmt: skip
DIGITS = 2  # of a pixel, after the point
FEWEST_ALLOWED, PER_BOX = 300, 2  # detections of a micrograph, see `max_detections`


def max_detections(boxes: int) -> int:
    """Return how many detections of each micrograph are scored and kept in a predictions file.

    COCO's usual limit is 100, that of YOLOv5 is 300. A micrograph can hold more particles, and a
    fixed limit would then bound recall. So it is twice the boxes of the fullest micrograph, and
    300 at least: the scores of sparser data do not depend on this rule.

    Args:
      boxes: of the fullest micrograph of the split.

    >>> max_detections(36), max_detections(600)
    (300, 1200)
    """
    return max(FEWEST_ALLOWED, PER_BOX * boxes)


@dataclass(frozen=True)
class BoxTruth:
    """The micrographs of one split of a config, and their boxes in any order.

    Attributes:
      data: such as `tem_virus/mirror_11class_boxes`; version: of the data set; split: its name.
      classes: names, by which `labels` counts.
      ids: (n,) str, `split/Class/stem`; sizes: (n, 2) int64 width, height in pixels.
      nm_per_pixel: (n,) float64, NaN where not known.
      micrographs: (m,) int64, index into `ids` of each box; labels: (m,) int64.
      boxes: (m, 4) float64 x, y of the centre, width, height in pixels, of `DIGITS` digits.
    """

    data: str
    version: str
    split: str
    classes: tuple[str, ...]
    ids: NDArray[np.str_]
    sizes: NDArray[np.int64]
    nm_per_pixel: NDArray[np.float64]
    micrographs: NDArray[np.int64]
    labels: NDArray[np.int64]
    boxes: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def fullest(self) -> int:
        """Number of boxes of the micrograph that has the most."""
        return int(np.bincount(self.micrographs, minlength=1).max())

    @property
    def max_detections(self) -> int:
        """Number of detections that are scored in each micrograph, the most confident."""
        return max_detections(self.fullest)

    @property
    def strata(self) -> NDArray[np.int64]:
        """The class that most boxes of each micrograph have, (n,); -1 where it has none."""
        counts = np.zeros((len(self.ids), len(self.classes) + 1))
        np.add.at(counts, (self.micrographs, self.labels + 1), 1)
        return counts.argmax(axis=1) - 1


def known() -> dict[tuple[str, str], Path]:
    """Return the shipped tables, by data such as `tem_virus/mirror_11class_boxes` and version."""
    return table_files.known(FOLDER)


def is_table(file: Path) -> bool:
    """Say whether a file begins as such a table does; False where it cannot be read."""
    return table_files.has_columns(file, COLUMNS)


def read(data: str, split: str, file: Path | None = None) -> BoxTruth:
    """Read one split of a config's table.

    Args:
      data: `tem_virus/mirror_11class_boxes`, or a config of `tem_virus` alone.
      split: "test" or "validation".
      file: `<config>-<version>.csv`; without one, the table that is shipped, of the last version.

    Raises:
      GroundTruthError: no such table, or not one.
    """
    file = file or table_files.newest(known(), data)
    if file is None:
        raise table_files.not_shipped(data, [name for name, _ in known()], "boxes")
    table_files.check_split(split)
    return _read(full_name(data), split, file)


@functools.lru_cache(maxsize=16)
def _read(data: str, split: str, file: Path) -> BoxTruth:
    with table_files.opened(data, file, COLUMNS) as (version, rows):
        classes = tuple(sorted({row[4] for row in rows} - {""}))
        chosen = [row for row in rows if row[0].startswith(f"{split}/")]
        index = {name: n for n, name in enumerate(dict.fromkeys(row[0] for row in chosen))}
        fields = {row[0]: row[1:4] for row in chosen}  # of the micrograph
        boxed = [row for row in chosen if row[4]]
        boxes = np.array([[float(v) for v in row[5:9]] for row in boxed], np.float64)
        truth = BoxTruth(
            data,
            version,
            split,
            classes,
            np.array(list(index), np.str_),
            np.array([fields[name][:2] for name in index]).astype(np.int64).reshape(-1, 2),
            np.array([float(fields[name][2] or "nan") for name in index]),
            np.array([index[row[0]] for row in boxed], np.int64),
            np.array([classes.index(row[4]) for row in boxed], np.int64),
            boxes.reshape(-1, 4),
        )
        if not len(truth) or not (np.isfinite(boxes).all() and (truth.boxes[:, 2:] > 0).all()):
            raise ValueError(f"no {split} micrograph" if not len(truth) else "a box without size")
    return truth


def write(folder: Path, truths: Sequence[BoxTruth]) -> Path:
    """Write the splits of a config as one table into `folder/<dataset>`, and return its path.

    Raises:
      GroundTruthError: a class has no box, so that its name would be lost.
      OSError: the folder cannot be written to.
    """
    first = truths[0]
    present = {label for truth in truths for label in truth.labels.tolist()}
    missing = [name for label, name in enumerate(first.classes) if label not in present]
    if missing:
        raise GroundTruthError(
            f"{first.data}: no box of {', '.join(missing)} in validation and test, expected one at "
            "least. Split the micrographs differently."
        )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for truth in truths:
        for number, name in enumerate(truth.ids):
            scale = truth.nm_per_pixel[number]
            start = [name, *truth.sizes[number].tolist(), "" if np.isnan(scale) else f"{scale:.9g}"]
            rows = np.flatnonzero(truth.micrographs == number)
            for row in rows:
                class_name = truth.classes[truth.labels[row]]
                box = (f"{value:.{DIGITS}f}" for value in truth.boxes[row])
                writer.writerow([*start, class_name, *box])
            if not len(rows):
                writer.writerow([*start, *[""] * 5])
    file = table_files.path(folder, first.data, first.version)
    write_bytes(file, text.getvalue().encode())
    return file
