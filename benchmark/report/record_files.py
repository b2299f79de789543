"""The records that a report is about: their files, and one record read and checked."""

from pathlib import Path

from benchmark.errors import BenchmarkError
from leaderboard.files.listing import files_below
from leaderboard.results import store as records
from leaderboard.results.record import Record, RecordError


def files(root: Path, configs: list[str]) -> list[Path]:
    """Return the files of all records, or those of some configs, by path.

    Args:
      configs: names without the data set, such as "mirror_11class"; all where empty.

    Raises:
      BenchmarkError: there is none. OSError: a folder cannot be read.
    """
    folders = [root / config for config in configs] or [root]
    found = sorted({file for folder in folders for file in files_below(folder, ".json")})
    if not found:
        raise BenchmarkError(
            f"{', '.join(map(str, folders))}: found no record; expected <config>/<run>.json. Train "
            "with `python -m benchmark.run`, or name another folder with --records."
        )
    return found


def read(root: Path, file: Path) -> Record:
    """Read one record; `RecordError` where it is damaged or in the wrong place."""
    record = records.read(file)
    if file != records.path(root, record):
        raise RecordError(
            f"{file}: its fields belong into {records.path(root, record)}. Do not rename records; "
            "move it back or correct the field."
        )
    return record
