"""A folder of many synthetic records, to measure how long the tables of a large leaderboard take.

PYTHONPATH=. python tests/helpers/leaderboard/many_records.py FOLDER --records 1000

Each is a committed record of `mirror_11class` under the name of no model, with other answers to a
tenth to a third of the examples, and the scores of these. They say nothing about anything but time,
and never belong into the repository. Records that are there already are kept: a folder can grow.
"""

import argparse
import contextlib
import dataclasses
import functools
import gzip
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from leaderboard.cached_rows.processes import cores
from leaderboard.ground_truth import classification as ground_truth
from leaderboard.ground_truth.classification import PatchTruth
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.predictions import classification as predictions
from leaderboard.predictions.text import DIGITS
from leaderboard.render import HERE
from leaderboard.results import classification as results
from leaderboard.results import store
from leaderboard.results.record import Record
from leaderboard.scoring.classification import score_splits

DATA = "tem_virus/mirror_11class"
SEEDS = 3  # of each row
CHANGED = (0.1, 1 / 3)  # share of the examples with another answer, at least and at most
NOTE = "synthetic copy, to measure the time of rendering; no result"


@dataclass(frozen=True)
class Answers:
    """Predictions of one split, ready to be exchanged example by example.

    Formatting a million numbers takes most of the time, so every line is formatted once for each
    shift of its classes, and a file is put together from lines.

    Attributes:
      header: of the file; values: (n, classes); lines: (classes, n) text of each example, by how
        far its numbers are shifted to the right.
    """

    header: str
    values: NDArray[np.float64]
    lines: NDArray[np.object_]

    def shifted(self, shifts: NDArray[np.int64]) -> tuple[NDArray[np.float64], str]:
        """Return values and text of a file with the numbers of each example shifted."""
        columns = (np.arange(self.values.shape[1]) - shifts[:, None]) % self.values.shape[1]
        text = "\n".join([self.header, *self.lines[shifts, np.arange(len(shifts))], ""])
        return np.take_along_axis(self.values, columns, axis=1), text


def write(root: Path, count: int, processes: int = 1) -> None:
    """Write so many records, with their predictions, into a folder of records."""
    (root / DATA.partition("/")[2]).mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        # only with more than one: a test has no need of another process
        run = stack.enter_context(ProcessPoolExecutor(processes)).map if processes > 1 else map
        options = {"chunksize": 50} if processes > 1 else {}
        list(run(partial(write_one, root), range(count), **options))


def write_one(root: Path, number: int) -> None:
    """Write a record of other predictions than the committed ones, unless it is there."""
    originals = _originals()
    place = number // SEEDS % len(originals)
    record = _named(originals[place], number)
    file = store.path(root, record)
    if file.exists():
        return
    rng = np.random.default_rng(number)
    values = {}
    for split, known in _answers(place).items():
        count, classes = known.values.shape
        shifts = np.zeros(count, int)
        changed = rng.choice(count, int(count * rng.uniform(*CHANGED)), replace=False)
        shifts[changed] = rng.integers(1, classes)
        values[split], text = known.shifted(shifts)
        packed = gzip.compress(text.encode(), compresslevel=1, mtime=0)
        store.predictions_path(root, record, split).write_bytes(packed)
    with threadpool_limits(1):
        fields = results.record_fields(score_splits(_truths(), values))
    # not through `store.write`: waiting for the disk takes longer than all the rest
    text = json.dumps(dataclasses.asdict(dataclasses.replace(record, **fields)), indent=1)
    file.write_text(f"{text}\n")


def _named(original: Record, number: int) -> Record:
    row, seed = divmod(number, SEEDS)
    record = dataclasses.replace(
        original, model=f"synthetic_{row:05d}", seed=seed, notes=NOTE, network=None, no_network=""
    )
    file = store.predictions_path(Path(), record, "test")
    return dataclasses.replace(record, predictions=file.as_posix())


@functools.cache
def _truths() -> dict[str, PatchTruth]:
    return {split: ground_truth.read(DATA, split) for split in SPLITS}


@functools.cache
def _originals() -> list[Record]:
    return [one for one in store.read_all(HERE / "records", "mirror_11class") if one.seed == 0]


@functools.cache
def _answers(place: int) -> dict[str, Answers]:
    """Return the answers of one original, by split."""
    return {split: _read(_originals()[place], truth) for split, truth in _truths().items()}


def _read(original: Record, truth: PatchTruth) -> Answers:
    file = store.predictions_path(HERE / "records", original, truth.split)
    values = predictions.read_for(file, truth)
    lines = np.empty((values.shape[1], len(values)), object)
    for index, (name, row) in enumerate(zip(truth.ids.tolist(), values, strict=True)):
        cells = [f"{value:.{DIGITS}f}" for value in row]
        for shift in range(len(cells)):
            lines[shift, index] = ",".join(
                [name, *cells[len(cells) - shift :], *cells[: len(cells) - shift]]
            )
    return Answers(",".join(["id", *truth.classes]), values, lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of the records")
    parser.add_argument("--records", type=int, default=1000, help="their number (default: 1000)")
    parser.add_argument("--processes", type=int, default=cores())
    args = parser.parse_args(arguments)
    if HERE.parent in (args.folder.resolve(), *args.folder.resolve().parents):
        parser.error(f"{args.folder} is in the repository; name another folder")
    write(args.folder, args.records, args.processes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
