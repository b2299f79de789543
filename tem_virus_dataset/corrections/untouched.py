"""What `correct` laid out: the micrograph of each label file, and the file as it was predicted.

A training on labels that nobody has changed learns its own mistakes. And micrographs that are added
later must not be those that are there.
"""

import csv
import dataclasses
import hashlib
import io
from collections.abc import Iterable
from pathlib import Path

from tem_virus_dataset.errors import DatasetError, reason

FILE = "predicted.csv"  # in the folder


@dataclasses.dataclass(frozen=True)
class Row:
    """A label file.

    Attributes:
      file: its path from the folder; sha256: of it, as it was predicted; "" if it was corrected
        before it was laid out.
      micrograph_sha256: of the file that was predicted; "" in tables of earlier versions.
    """

    file: str
    sha256: str
    micrograph_sha256: str = ""


COLUMNS = tuple(field.name for field in dataclasses.fields(Row))


def row(folder: Path, place: str, micrograph_sha256: str, is_edited: bool = False) -> Row:
    """Return the row of the labels at a place such as train/a.

    Args:
      is_edited: they were corrected before they were laid out, and are not those of a model.
    """
    file = f"labels/{place}.txt"
    return Row(file, "" if is_edited else _digest(folder / file), micrograph_sha256)


def read(folder: Path) -> list[Row]:
    """Return the rows of a folder's table.

    Raises:
      DatasetError: it is missing, or cannot be read.
    """
    table = folder / FILE
    try:
        with table.open(encoding="utf-8-sig", newline="") as lines:
            return [
                Row(row["file"], row["sha256"], row.get("micrograph_sha256") or "")
                for row in csv.DictReader(lines)
            ]
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:
        raise DatasetError(
            f"{table}: cannot be read ({reason(error)}); expected the columns {','.join(COLUMNS)}, "
            "as tem-virus correct wrote them."
        ) from error


def text(rows: Iterable[Row]) -> str:
    """Return the content of `FILE`, in the order of the label files."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(sorted(dataclasses.astuple(one) for one in rows))
    return out.getvalue()


def notice(folder: Path) -> str:
    """Return a line on label files that nobody has changed; "" without any, or without `FILE`."""
    if not (folder / FILE).exists():
        return ""
    try:
        rows = read(folder)
    except DatasetError as error:
        return f"{error} Labels that nobody has corrected are not counted. Delete it."
    kept = [(folder / one.file, one.sha256) for one in rows if (folder / one.file).is_file()]
    same = sum(_digest(file) == digest for file, digest in kept)
    if not same:
        return ""
    return (
        f"{folder}: {same} of {len(kept)} label files are as they were predicted. If nobody "
        "has looked at them, correct them first."
    )


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
