"""`splits.csv` in a user's folder: the split of each file, written once and then only extended.

    file,split
    day1/a.tif,train
    day1/b.tif,validation

A file is named by its path from the folder, or by its name alone where no other has that name, with
or without its suffix. The user may edit the table. Files that it does not list are dealt (see
`deal`) and added at its end: what was test stays test, and two rounds of corrections are scored on
the same files.
"""

import codecs
import collections
import csv
import dataclasses
import io
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath

from tem_virus_dataset import user_table
from tem_virus_dataset.annotations.folders import images
from tem_virus_dataset.annotations.folders.entries import SPLITS, child, spelling, split_of
from tem_virus_dataset.annotations.folders.faults import Fault, counted, refuse
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import atomic
from tem_virus_dataset.splits import deal
from tem_virus_dataset.splits.deal import Item

TABLE, COLUMNS = "splits.csv", ("file", "split")


@dataclasses.dataclass(frozen=True)
class Division:
    """The split of each file by its name, and a clause on them."""

    splits: Mapping[str, str]
    notice: str


@dataclasses.dataclass(frozen=True)
class _Read:
    """A table as it was read: its text, the columns and their separator, and its rows."""

    text: str
    columns: Sequence[str]
    separator: str
    rows: Sequence[tuple[int, str, str]]  # line, file, split


def name_of(root: Path, file: Path) -> str:
    """Return a file's name in the table: its path from the folder, the same on every system."""
    return spelling(file.relative_to(root).as_posix())


def divide(root: Path, items: Sequence[Item], in_every_split: bool = False) -> Division:
    """Return the splits of the files of a folder, and add those of new files to its table.

    Where the table cannot be written, the same splits are returned, and the clause says so.

    Args:
      items: all files that are divided; in_every_split: see `deal.deal`.

    Raises:
      DatasetError: the table cannot be read, or has an unknown split, or a file that is listed
        twice or is not there.
    """
    path = child(root, TABLE) or root / TABLE
    names = [item.name for item in items]
    read = _read(path, names) if path.exists() else None
    known = _known(path, read, names) if read else {}
    splits = deal.deal(items, known, in_every_split)
    new = sorted(splits.keys() - known.keys())
    fault = _extend(path, read, {name: splits[name] for name in new}) if new else ""
    how = f"as {path.name} has it"
    if fault:
        how = (
            f"in memory, since {path} cannot be written ({fault}): files that are added may change "
            "it. Make the folder writable to keep it"
        )
    elif new:
        print(
            f"{path}: {'added' if read else 'wrote'} the split of {counted(len(new), 'file')} "
            f"({_numbers(new, splits)}); it stays as it is when files are added",
            file=sys.stderr,
            flush=True,
        )
    clause = f"{_numbers(splits, splits)}, {how}"
    if apart := deal.divided_groups(items, splits):
        more = ", ..." * (len(apart) > 1)
        clause += (
            f"; warning: images of {counted(len(apart), 'micrograph')} are in several splits "
            f"({apart[0]}{more}): their scores mean little. Correct {path.name}"
        )
    return Division(splits, clause)


def _numbers(names: Sequence[str] | Mapping[str, str], splits: Mapping[str, str]) -> str:
    counts = collections.Counter(splits[name] for name in names)
    return ", ".join(f"{counts[split]} {split}" for split in SPLITS)


def _read(path: Path, images: Sequence[str]) -> _Read:
    try:
        text = user_table.text_of(path, images)
        found = user_table.read(text, str(path))
    except (csv.Error, UnicodeDecodeError, OSError) as error:
        raise DatasetError(
            f"{path}: cannot be read ({getattr(error, 'strerror', None) or error}); expected a "
            f"table with the columns {','.join(COLUMNS)}. Save it as CSV in UTF-8. Where it is "
            "lost, delete it: then all files are divided anew, and scores of before do not compare."
        ) from error
    names = {name.lower(): name for name in found.columns}
    if not set(COLUMNS) <= set(names):
        raise DatasetError(
            f"{path}: found the columns {found.begin.strip()[:80]!r}; expected "
            f"{','.join(COLUMNS)}. Correct its first line, or delete the file: then all files are "
            "divided anew."
        )
    file, split = (names[column] for column in COLUMNS)
    rows = [(line, row[file], row[split]) for line, row in found.rows if row[file] or row[split]]
    return _Read(text, found.columns, found.separator, rows)


def _known(path: Path, read: _Read, names: Sequence[str]) -> dict[str, str]:
    """Return the splits of the table by the names of the files."""
    known = set(names)
    places: dict[str, list[str]] = {}
    for name in names:
        file = PurePosixPath(name)
        stem = images.stem(Path(name))
        for key in dict.fromkeys((name, file.name, file.with_name(stem).as_posix(), stem)):
            places.setdefault(key, []).append(name)
    splits: dict[str, str] = {}
    lines: dict[str, int] = {}
    faults = []
    for line, text, word in read.rows:
        where = f"{path}: line {line}: "
        key = spelling(text.strip().replace("\\", "/").removeprefix("./"))
        found = [key] if key in known else places.get(key, [])
        split = split_of(word.strip())
        if len(found) != 1:
            what = f"{where}{text!r} is {'several files' if found else 'no image of this folder'}"
            expected = "the path of one image from the folder"
            remedy = "Correct the line where the file was renamed; remove it where it is gone."
            faults.append(Fault("file", str(path), what, expected, remedy))
        elif split is None:
            what, expected = f"{where}{text!r} is of split {word!r}", ", ".join(SPLITS)
            faults.append(Fault("split", str(path), what, expected, "Correct the line."))
        elif found[0] in lines:
            what = f"{where}{text!r} is there a second time, after line {lines[found[0]]}"
            faults.append(Fault("twice", str(path), what, "one line", "Remove one of them."))
        else:
            splits[found[0]], lines[found[0]] = split, line
    refuse(faults)
    return splits


def _extend(path: Path, read: _Read | None, new: Mapping[str, str]) -> str:
    """Add lines at the end of the table, which stays as it is; return why not, or ""."""
    columns = read.columns if read else COLUMNS
    text = read.text if read else ""
    end = "\r\n" if "\r\n" in text else "\n"
    out = io.StringIO()
    writer = csv.writer(out, delimiter=read.separator if read else ",", lineterminator=end)
    if read is None:
        writer.writerow(COLUMNS)
    for name, split in new.items():
        values = dict(zip(COLUMNS, (name, split), strict=True))
        writer.writerow([values.get(column.strip().lower(), "") for column in columns])
    before = text.rstrip("\r\n") + end if text else ""
    encoding = "utf-8" if read is None or _is_plain(path) else "utf-8-sig"  # Excel reads both
    try:
        atomic.write_bytes(path, (before + out.getvalue()).encode(encoding))
    except OSError as error:
        return error.strerror or str(error)
    return ""


def _is_plain(path: Path) -> bool:
    """Say whether a table is in UTF-8 without a mark."""
    data = path.read_bytes()
    try:
        return bool(data.decode("utf-8")) and not data.startswith(codecs.BOM_UTF8)
    except UnicodeDecodeError:
        return False
