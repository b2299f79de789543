"""What is right: the classes and micrographs of a config's validation and test examples.

`classification_tables/<config>-<version>.csv` is such a table; with it predictions can be scored
without a picture. `python -m benchmark.ground_truth` makes one from a prepared config. Columns:
`id`; `label`, index of the class, empty where the class is unknown to a model; `micrograph`, its
stem; `clean`, 0 where another split that a model may learn from shows the same field
(`tem_virus_dataset.audit`), 1 where none is known to.
"""

import contextlib
import csv
import functools
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard.files.atomic import write_bytes
from leaderboard.files.names import shown

FOLDER = Path(__file__).with_name("classification_tables")
COLUMNS = ("id", "label", "micrograph", "clean")
SPLITS = ("validation", "test")
UNKNOWN = -1  # label of an example whose class a model cannot know


class SplitTableError(Exception):
    """No table of a config, or one that cannot be read; says what to do."""


@dataclass(frozen=True)
class SplitTable:
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

    def only(self, chosen: NDArray[np.bool_]) -> "SplitTable":
        """Return the examples for which `chosen`, bool (n,), is True."""
        taken = {f.name: getattr(self, f.name) for f in fields(self)}
        parts = {name: taken[name][chosen] for name in ("ids", "labels", "micrographs", "clean")}
        return SplitTable(**{**taken, **parts})


def known() -> dict[tuple[str, str], Path]:
    """Return the shipped tables, by data such as `tem_virus/mirror_11class` and version."""
    named = ((file.stem.rpartition("-"), file) for file in sorted(FOLDER.glob("*-*.csv")))
    return {(f"tem_virus/{config}", version): file for (config, _, version), file in named}


def read(data: str, split: str, file: Path | None = None) -> SplitTable:
    """Read one split of a config's table.

    Args:
      data: `tem_virus/mirror_11class`, or the config alone; split: "test" or "validation".
      file: `<config>-<version>.csv`; without one, the table that is shipped, of the last version.

    Raises:
      SplitTableError: no such table, or not one.
    """
    full = data if "/" in data else f"tem_virus/{data}"
    if file is None:
        shipped = {name: path for (name, _), path in known().items()}  # the last: newest version
        file = shipped.get(full)
    if file is None:
        raise SplitTableError(
            f"{shown(data)}: no table of its examples is shipped; expected one of "
            f"{', '.join(shipped)}. Make one where the config is prepared: python -m "
            f"benchmark.ground_truth tem_virus/CONFIG {FOLDER}"
        )
    if split not in SPLITS:
        raise SplitTableError(f"split: found {shown(split)}, expected {' or '.join(SPLITS)}")
    return _read(full, split, file)


@contextlib.contextmanager
def opened(data: str, file: Path, columns: Sequence[str]) -> Iterator[tuple[str, list[list[str]]]]:
    """Read a CSV table of a config, and give its version and the rows below the header.

    Raises:
      SplitTableError: it is of another config, or no such table; also what goes wrong within with
        its rows becomes this error.
    """
    config, _, version = file.stem.rpartition("-")
    if config != data.partition("/")[2]:
        raise SplitTableError(
            f"{file}: its name says {config or 'no config'}, expected "
            f"{data.partition('/')[2]}-<version>.csv. Give the table of the config."
        )
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            header, *rows = csv.reader(lines, strict=True)
        if tuple(header) != tuple(columns):
            raise ValueError(f"found the columns {header}")
        yield version, rows
    except (OSError, ValueError, KeyError, IndexError, csv.Error) as error:
        raise SplitTableError(
            f"{file}: cannot be read ({shown(str(error), 200)}), expected a CSV table with the "
            f"columns {','.join(columns)}. Restore it, or make it anew."
        ) from error


@functools.lru_cache(maxsize=16)
def _read(data: str, split: str, file: Path) -> SplitTable:
    with opened(data, file, COLUMNS) as (version, rows):
        ids, labels, stems, clean = zip(*rows, strict=True)
        numbers = np.array([int(label) if label else UNKNOWN for label in labels], np.int64)
        folders = [one.rpartition("/")[0] for one in ids]
        names = {int(n): f.split("/")[1] for n, f in zip(numbers, folders, strict=True) if n >= 0}
        classes = tuple(names[number] for number in range(len(names)))
    micrographs = [f"{folder}/{stem}" for folder, stem in zip(folders, stems, strict=True)]
    whole = SplitTable(
        data, version, split, classes, np.array(ids), numbers, np.array(micrographs),
        np.array(clean) == "1",
    )  # fmt: skip
    return whole.only(np.char.startswith(whole.ids, f"{split}/"))


def write(folder: Path, tables: Sequence[SplitTable]) -> Path:
    """Write the splits of a config as one table, and return its path.

    Raises:
      OSError: the folder cannot be written to.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for table in tables:
        for one, label, micrograph, clean in zip(
            table.ids, table.labels, table.micrographs, table.clean, strict=True
        ):
            stem = micrograph.rpartition("/")[2]
            writer.writerow([one, label if label != UNKNOWN else "", stem, int(clean)])
    file = folder / f"{tables[0].data.partition('/')[2]}-{tables[0].version}.csv"
    write_bytes(file, text.getvalue().encode())
    return file
