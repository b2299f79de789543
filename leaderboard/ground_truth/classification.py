"""Ground truth of classifiers: the class and micrograph of each validation and test example.

`classification_tables/<dataset>/<config>-<version>.csv` is such a table; with it predictions can be
scored without an image. `python -m benchmark.ground_truth` creates one from a prepared config.
Columns: `id`; `label`, index of the class, empty where the class is unknown to a model;
`micrograph`, its stem; `clean`, 0 where another split that a model may learn from shows the same
field (`tem_virus_dataset.audit`), 1 where none is known to.
"""

import csv
import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard.files.atomic import write_bytes
from leaderboard.ground_truth import table_files
from leaderboard.ground_truth.table_files import full_name

FOLDER = Path(__file__).with_name("classification_tables")
CONTENT = "classes of patches"
COLUMNS = ("id", "label", "micrograph", "clean")
UNKNOWN = -1  # label of an example whose class a model cannot know


@dataclass(frozen=True)
class PatchTruth:
    """The examples of one split of a config, in the table's order.

    Attributes:
      data: such as `tem_virus/mirror_11class`; version: of the data set; split: test or validation.
      classes: names in label order, those that a model knows.
      ids: (n,) str, `split/Class/name`; micrographs: (n,) str, `split/Class/stem`.
      labels: (n,) int64, index into `classes`, or UNKNOWN; clean: (n,) bool.
    """

    data: str
    version: str
    split: str
    classes: tuple[str, ...]
    ids: NDArray[np.str_]
    labels: NDArray[np.int64]
    micrographs: NDArray[np.str_]
    clean: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)

    def only(self, chosen: NDArray[np.bool_]) -> "PatchTruth":
        """Return the examples for which `chosen`, bool (n,), is True."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        arrays = ("ids", "labels", "micrographs", "clean")
        return PatchTruth(**{**values, **{name: values[name][chosen] for name in arrays}})


def known() -> dict[tuple[str, str], Path]:
    """Return the shipped tables, by data such as `tem_virus/mirror_11class` and version."""
    return table_files.known(FOLDER)


def is_table(file: Path) -> bool:
    """Say whether a file begins as such a table does; False where it cannot be read."""
    return table_files.has_columns(file, COLUMNS)


def read(data: str, split: str, file: Path | None = None) -> PatchTruth:
    """Read one split of a config's table.

    Args:
      data: `tem_virus/mirror_11class`, or the config alone; split: "test" or "validation".
      file: `<config>-<version>.csv`; without one, the table that is shipped, of the last version.

    Raises:
      GroundTruthError: no such table, or not one.
    """
    file = file or table_files.newest(known(), data)
    if file is None:
        raise table_files.not_shipped(data, [name for name, _ in known()], "examples")
    table_files.check_split(split)
    return _read(full_name(data), split, file)


@functools.lru_cache(maxsize=16)
def _read(data: str, split: str, file: Path) -> PatchTruth:
    with table_files.opened(data, file, COLUMNS) as (version, rows):
        ids, labels, stems, clean = zip(*rows, strict=True)
        numbers = np.array([int(label) if label else UNKNOWN for label in labels], np.int64)
        folders = [name.rpartition("/")[0] for name in ids]
        names = {int(n): f.split("/")[1] for n, f in zip(numbers, folders, strict=True) if n >= 0}
        classes = tuple(names[number] for number in range(len(names)))
    micrographs = [f"{folder}/{stem}" for folder, stem in zip(folders, stems, strict=True)]
    both_splits = PatchTruth(
        data, version, split, classes, np.array(ids), numbers, np.array(micrographs),
        np.array(clean) == "1",
    )  # fmt: skip
    return both_splits.only(np.char.startswith(both_splits.ids, f"{split}/"))


def write(folder: Path, truths: Sequence[PatchTruth]) -> Path:
    """Write the splits of a config as one table into `folder/<dataset>`, and return its path.

    Raises:
      OSError: the folder cannot be written to.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for truth in truths:
        for example, label, micrograph, clean in zip(
            truth.ids, truth.labels, truth.micrographs, truth.clean, strict=True
        ):
            stem = micrograph.rpartition("/")[2]
            writer.writerow([example, label if label != UNKNOWN else "", stem, int(clean)])
    file = table_files.path(folder, truths[0].data, truths[0].version)
    write_bytes(file, text.getvalue().encode())
    return file
