"""The cells of the hard conditions: which images a prediction must be of, by their hash.

`condition_tables/<dataset>/<config>-<version>.csv` is such a table, which
`python -m benchmark.conditions table` creates from the clean test split. Columns: `condition`;
`level`, 0 for the clean images; `amount` and `unit` of that level; `pictures`, sha256 of all images
of the cell.
"""

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from leaderboard.files.atomic import write_bytes
from leaderboard.ground_truth import table_files
from leaderboard.ground_truth.table_files import full_name

FOLDER = Path(__file__).with_name("condition_tables")
COLUMNS = ("condition", "level", "amount", "unit", "pictures")
CLEAN = "clean"
INVERSION = "inversion"  # not in the mean: every model fails, and a program can detect it
SHORT = 12  # digits of a hash in a predictions file


@dataclass(frozen=True)
class HardCell:
    """One condition at one level; `pictures`: sha256 of its images in hexadecimal digits."""

    condition: str
    level: int
    amount: str
    unit: str
    pictures: str

    @property
    def key(self) -> tuple[str, int]:
        """What no other cell has."""
        return self.condition, self.level

    @property
    def name(self) -> str:
        """Name in messages, such as "defocus-3"."""
        return f"{self.condition}-{self.level}"

    @property
    def short(self) -> str:
        """The hash as a predictions file states it."""
        return self.pictures[:SHORT]


def known() -> dict[tuple[str, str], Path]:
    """Return the shipped tables, by data such as `tem_virus/mirror_11class` and version."""
    return table_files.known(FOLDER)


def read(data: str, file: Path | None = None) -> list[HardCell]:
    """Read the cells of a config, in the order of its table.

    Args:
      data: `tem_virus/mirror_11class`, or the config alone; file: None for the shipped table.

    Raises:
      GroundTruthError: no such table, or not one.
    """
    file = file or table_files.newest(known(), data)
    if file is None:
        raise table_files.GroundTruthError(
            f"{data}: no table of hard conditions is shipped; expected one of "
            f"{', '.join(sorted({name for name, _ in known()}))}. Create one where the config is "
            "prepared: python -m benchmark.conditions table CONFIG"
        )
    with table_files.opened(full_name(data), file, COLUMNS) as (_, rows):
        cells = [HardCell(row[0], int(row[1]), row[2], row[3], row[4]) for row in rows]
        if len({cell.key for cell in cells}) != len(cells) or not cells:
            raise ValueError("a cell is there twice, or there is none")
        if any(not re.fullmatch("[0-9a-f]{64}", cell.pictures) for cell in cells):
            raise ValueError("a hash is not 64 hexadecimal digits")
    return cells


def write(folder: Path, data: str, version: str, cells: Sequence[HardCell]) -> Path:
    """Write the table of a config into `folder/<dataset>`, and return its path.

    Raises:
      OSError: the folder cannot be written to.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows((c.condition, c.level, c.amount, c.unit, c.pictures) for c in cells)
    file = table_files.path(folder, data, version)
    write_bytes(file, text.getvalue().encode())
    return file
