"""A corrupted split as files: one array of NumPy for each cell, and a list of them with hashes.

The list is rewritten after each cell. What it names with the right hash is kept when the command is
given again, so that an interrupted one goes on. Two commands may write other conditions into one
folder at once: each adds its cells to the list as it is then.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import filelock
import numpy as np
from numpy.typing import NDArray

from tem_virus_dataset.conditions import corrupt, levels
from tem_virus_dataset.conditions.cell_hash import cell_hash
from tem_virus_dataset.conditions.levels import Cell
from tem_virus_dataset.errors import DatasetError, reason
from tem_virus_dataset.files import progress
from tem_virus_dataset.files.atomic import replacing, write_bytes

CELLS, IDS = "cells.csv", "ids.csv"
COLUMNS = ("pictures", "condition", "level", "amount", "unit", "seed", "file")
SHORT = 12  # digits of a hash, as predictions state it


def write(
    folder: Path,
    images: NDArray[np.integer],
    ids: Sequence[str],
    cells: Iterable[Cell],
    seed: int = corrupt.SEED,
) -> int:
    """Write cells into a folder; return how many were there already.

    Args:
      images: (n, height, width, 1) counts of the clean split; ids: n, in the order of the arrays.
      cells: to be written; seed: of the random numbers.

    Raises:
      DatasetError: the folder holds a list of another split or seed, or another table of these
        names. OSError: it cannot be written.
    """
    wanted = list(cells)
    listed = _listed(folder, ids, seed)
    if not _is_list_of(folder / IDS, ids):
        _write_rows(folder / IDS, ("id",), ([name] for name in ids))
    kept = 0
    for cell in progress.bar(wanted, unit="cell"):
        file = folder / f"{cell.name}.npy"
        if listed.get(cell) and listed[cell] == _hash_of(file, ids):
            kept += 1
            continue
        corrupted = corrupt.all_corrupted(images, ids, cell, seed)
        with replacing(file) as out:
            np.save(out, corrupted, allow_pickle=False)
        pictures = cell_hash(corrupted, ids)[:SHORT]
        with filelock.FileLock(folder / f".{CELLS}.lock"):
            listed = {**_listed(folder, ids, seed), cell: pictures}
            in_order = [one for one in levels.cells() if one in listed]
            _write_rows(folder / CELLS, COLUMNS, (_row(one, listed[one], seed) for one in in_order))
    return kept


def _is_list_of(file: Path, ids: Sequence[str]) -> bool:
    """Whether a file is the list of these ids; False where there is none.

    Raises:
      DatasetError: it is any other file, which would be lost.
    """
    if not file.exists():
        return False
    try:
        is_same = [row["id"] for row in _rows(file, ("id",))] == list(ids)
    except (OSError, ValueError, TypeError, csv.Error):
        is_same = False
    if not is_same:
        raise DatasetError(
            f"{file}: is there, and no list of these {len(ids):,} images; expected a folder "
            "without one, since it would be replaced. Name a new folder."
        )
    return True


def _row(cell: Cell, pictures: str, seed: int) -> list[str | int]:
    amount, unit = "", ""
    if cell.level:
        of = levels.condition(cell.condition)
        amount, unit = f"{of.amount(cell.level):g}", of.unit
    return [pictures, cell.condition, cell.level, amount, unit, seed, f"{cell.name}.npy"]


def _write_rows(file: Path, header: Sequence[str], rows: Iterable[Sequence[str | int]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    write_bytes(file, text.getvalue().encode())


def _listed(folder: Path, ids: Sequence[str], seed: int) -> dict[Cell, str]:
    """Return the hash of each cell that the folder's list names; {} without a list."""
    file = folder / CELLS
    if not file.exists():
        return {}
    try:
        found = {Cell(r["condition"], int(r["level"])): r for r in _rows(file, COLUMNS)}
        seeds = {int(row["seed"]) for row in found.values()}
        same_ids = [row["id"] for row in _rows(folder / IDS, ("id",))] == list(ids)
        hashes = {cell: row["pictures"] for cell, row in found.items()}
    except (OSError, ValueError, KeyError, TypeError, csv.Error) as error:
        raise DatasetError(
            f"{file}: cannot be read ({reason(error)}); expected the list of a corrupted split. "
            "Name a new folder."
        ) from error
    if seeds - {seed} or not same_ids:
        what = f"seed {', '.join(map(str, sorted(seeds)))}" if same_ids else "other images"
        raise DatasetError(
            f"{file}: lists cells of {what}; expected those of these images and seed {seed}. Name "
            "a new folder."
        )
    return hashes


def _rows(file: Path, columns: Sequence[str]) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, strict=True)
        if list(rows.fieldnames or ()) != list(columns):
            raise ValueError(f"the columns are {rows.fieldnames}")
        yield from rows


def _hash_of(file: Path, ids: Sequence[str]) -> str:
    """Return the hash of a cell's file; "" where there is none, or it is damaged."""
    try:
        images = np.load(file, mmap_mode="r", allow_pickle=False)
        return cell_hash(images, ids)[:SHORT]
    except (OSError, ValueError, EOFError):
        return ""
