"""The shipped tables of boxes: a config's validation and test micrographs, as CSV.

`splits/<dataset>/<config>-<version>.csv` is such a table; with it detections can be scored without
a picture. `python -m benchmark.ground_truth` makes one from a prepared config. A row is a box, or a
micrograph without one, whose last five cells are empty. Columns: `id` of the micrograph; its
`image_width` and `image_height` in pixels; `nm_per_pixel`, empty where it is not known; `class`;
`x`, `y` of the box's centre, its `width` and `height`, in pixels.
"""

import csv
import functools
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from leaderboard.files.atomic import write_bytes
from leaderboard.files.names import shown
from leaderboard.ground_truth.classification import SPLITS, SplitTableError, opened
from leaderboard.ground_truth.detection import DIGITS, BoxTable

FOLDER = Path(__file__).with_name("detection_tables")
COLUMNS = (
    "id", "image_width", "image_height", "nm_per_pixel", "class", "x", "y", "width", "height",
)  # fmt: skip


def known() -> dict[tuple[str, str], Path]:
    """Return the shipped tables, by data such as `tem_virus/mirror_11class_boxes` and version."""
    named = ((file.stem.rpartition("-"), file) for file in sorted(FOLDER.glob("*/*-*.csv")))
    return {(f"{file.parent.name}/{n}", version): file for (n, _, version), file in named}


def shipped(data: str) -> Path | None:
    """Return the table of a config that is shipped, of the last version; None where none is.

    Args:
      data: as `read` takes it.
    """
    newest = {name: file for (name, _), file in known().items()}
    return newest.get(_full(data))


def read(data: str, split: str, file: Path | None = None) -> BoxTable:
    """Read one split of a config's table.

    Args:
      data: `tem_virus/mirror_11class_boxes`, or a config of `tem_virus` alone.
      split: "test" or "validation"; file: another table than the one that `shipped` returns.

    Raises:
      SplitTableError: no such table, or not one.
    """
    file = file or shipped(data)
    if file is None:
        raise SplitTableError(
            f"{shown(data)}: no table of its boxes is shipped; expected one of "
            f"{', '.join(sorted({name for name, _ in known()}))}. Make one where the config is "
            f"prepared: python -m benchmark.ground_truth DATASET/CONFIG FOLDER"
        )
    if split not in SPLITS:
        raise SplitTableError(f"split: found {shown(split)}, expected {' or '.join(SPLITS)}")
    return _read(_full(data), split, file)


def is_one(file: Path) -> bool:
    """Say whether a file begins as a table of boxes does; False where it cannot be read."""
    try:
        with file.open("rb") as opened:
            return opened.readline(1000).decode(errors="replace").strip() == ",".join(COLUMNS)
    except OSError:
        return False


def write(folder: Path, tables: Sequence[BoxTable]) -> Path:
    """Write the splits of a config as one table into `folder/<dataset>`, and return its path.

    Raises:
      SplitTableError: a class has no box, so that its name would be lost.
      OSError: the folder cannot be written to.
    """
    first = tables[0]
    held = {label for table in tables for label in table.labels.tolist()}
    missing = [name for label, name in enumerate(first.classes) if label not in held]
    if missing:
        raise SplitTableError(
            f"{first.data}: no box of {', '.join(missing)} in validation and test, expected one at "
            "least. Deal the micrographs anew."
        )
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for table in tables:
        for number, one in enumerate(table.ids):
            scale = table.nm_per_pixel[number]
            start = [one, *table.sizes[number].tolist(), "" if np.isnan(scale) else f"{scale:.9g}"]
            mine = np.flatnonzero(table.micrographs == number)
            for box in mine:
                name = table.classes[table.labels[box]]
                writer.writerow([*start, name, *(f"{v:.{DIGITS}f}" for v in table.boxes[box])])
            if not len(mine):
                writer.writerow([*start, *[""] * 5])
    file = folder / f"{first.data}-{first.version}.csv"
    write_bytes(file, text.getvalue().encode())
    return file


def _full(data: str) -> str:
    return data if "/" in data else f"tem_virus/{data}"


@functools.lru_cache(maxsize=16)
def _read(data: str, split: str, file: Path) -> BoxTable:
    with opened(data, file, COLUMNS) as (version, rows):
        classes = tuple(sorted({row[4] for row in rows} - {""}))
        chosen = [row for row in rows if row[0].startswith(f"{split}/")]
        place = {one: n for n, one in enumerate(dict.fromkeys(row[0] for row in chosen))}
        about = {row[0]: row[1:4] for row in chosen}
        boxed = [row for row in chosen if row[4]]
        boxes = np.array([[float(v) for v in row[5:9]] for row in boxed], np.float64)
        table = BoxTable(
            data,
            version,
            split,
            classes,
            np.array(list(place), np.str_),
            np.array([about[one][:2] for one in place]).astype(np.int64).reshape(-1, 2),
            np.array([float(about[one][2] or "nan") for one in place]),
            np.array([place[row[0]] for row in boxed], np.int64),
            np.array([classes.index(row[4]) for row in boxed], np.int64),
            boxes.reshape(-1, 4),
        )
        if not len(table) or not (np.isfinite(boxes).all() and (table.boxes[:, 2:] > 0).all()):
            raise ValueError(f"no {split} micrograph" if not len(table) else "a box without size")
    return table
