"""A finished run as commands that use its network name it: by its record, data and weights."""

import argparse
from pathlib import Path
from typing import Any

from benchmark import tasks
from benchmark.data.options import add_data_dir
from benchmark.errors import BenchmarkError
from leaderboard.files.arguments import path
from leaderboard.results import store as records
from leaderboard.results.record import Record

ROOT = Path(__file__).resolve().parents[2]
RUNS, RECORDS = ROOT / "runs", ROOT / "leaderboard" / "records"


def add_runs(options: argparse._ActionsContainer) -> None:
    """Add `--runs`, the folder of the weights, to a parser or to a group of its options."""
    options.add_argument(
        "--runs", type=path, default=RUNS, metavar="FOLDER",
        help="folder of the runs, with their weights (default: runs, in the clone)",
    )  # fmt: skip


def add_new_row(parser: argparse.ArgumentParser) -> None:
    """Add the options of a command that makes a row of a detector that was trained already."""
    from benchmark.data.address import address

    parser.add_argument(
        "--validation-only",
        action="store_true",
        help="print the scores of validation; write nothing",
    )
    parser.add_argument(
        "--records", type=path, default=RECORDS, metavar="FOLDER",
        help="folder that the record is written to (default: leaderboard/records)",
    )  # fmt: skip
    add_runs(parser)
    parser.add_argument(
        "--data", type=address, metavar="CONFIG",
        help="data of the detector, where its config is not prepared: FILE.npz",
    )  # fmt: skip
    add_data_dir(parser)


def record(file: Path, task: str | None = None) -> Record:
    """Read the record of a run that was trained here and has finished.

    Args:
      task: that it must be of; None for any.

    Raises:
      RecordError: see `store.read`. BenchmarkError: it is another kind of record.
    """
    found = records.read(file)
    is_usable = found.status == "finished" and found.provenance == "reproduced"
    if not is_usable or task not in (None, found.task):
        kind = f", of {task}" if task else ""
        raise BenchmarkError(
            f"{file}: a run that {found.status}, {found.provenance}, of {found.task}; expected a "
            f"finished run of this repository{kind}. Name another record."
        )
    return found


def in_place(file: Path, found: Record) -> None:
    """Refuse a record that does not lie where records lie: what is written goes beside it.

    Raises:
      BenchmarkError: it lies elsewhere.
    """
    if file.resolve() != records.path(file.resolve().parents[1], found):
        raise BenchmarkError(
            f"{file}: expected the place of this record, {found.config}/{found.run}.json. Move it "
            "back."
        )


def data(of: Record, address: str | None, data_dir: Path | None) -> Any:
    """Read the data of a run.

    Args:
      address: as `--data` takes it; None for the record's config.

    Raises:
      BenchmarkError: they are other data. DatasetError: the config is not prepared.
    """
    name = address or of.data
    loaded = tasks.by_name(of.task).load(name, data_dir)
    if loaded.content_hash != of.content_hash:
        raise BenchmarkError(
            f"{name}: has content hash {loaded.content_hash[:12]}...; expected "
            f"{of.content_hash[:12]}..., that of the record. Name the data of the run with --data "
            "or --data-dir."
        )
    return loaded
