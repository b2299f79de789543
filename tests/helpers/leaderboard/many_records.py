"""A folder of many synthetic records, to measure how long the tables of a large leaderboard take.

PYTHONPATH=. python tests/helpers/leaderboard/many_records.py FOLDER --records 1000

Each is a copy of a committed record of `mirror_11class`, under the name of no model, with some
predictions exchanged. The first `DISTINCT` differ in their scores; all others repeat these, and
differ in their bytes alone, so that each must be scored. They say nothing about anything but time,
and never belong into the repository. Records that are there already are kept: a folder can grow.
"""

import argparse
import dataclasses
import functools
import gzip
import json
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from leaderboard.ground_truth import classification as ground_truth
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.predictions import classification as predictions
from leaderboard.render import HERE
from leaderboard.results import classification as results
from leaderboard.results import store
from leaderboard.results.record import Record
from leaderboard.scoring.classification import score_splits

DATA = "tem_virus/mirror_11class"
SEEDS = 3  # of each row
DISTINCT = 300
NOTE = "synthetic copy, to measure the time of rendering; no result"


def write(root: Path, count: int, processes: int = 1) -> None:
    """Write so many records, with their predictions, into a folder of records."""
    scored, repeated = range(min(count, DISTINCT)), range(DISTINCT, count)
    with ProcessPoolExecutor(processes) as pool:
        list(pool.map(partial(write_scored, root), scored, chunksize=10))
        list(pool.map(partial(write_repeated, root), repeated, chunksize=100))


def write_scored(root: Path, number: int) -> None:
    """Write a record of other predictions than the committed ones, unless it is there."""
    originals = _originals()
    original = originals[number // SEEDS % len(originals)]
    record = _named(original, number)
    if store.path(root, record).exists():
        return
    rng = np.random.default_rng(number)
    truths = {split: ground_truth.read(DATA, split) for split in SPLITS}
    values = {}
    for split, truth in truths.items():
        file = store.predictions_path(HERE / "records", original, split)
        known = predictions.read(file, truth.ids.tolist(), truth.classes)
        chosen = rng.choice(len(known), rng.integers(1, len(known) // 3), replace=False)
        known[chosen] = np.roll(known[chosen], rng.integers(1, known.shape[1]), axis=1)
        values[split] = known
        content = predictions.Predictions(tuple(truth.ids.tolist()), truth.classes, known)
        predictions.write(store.predictions_path(root, record, split), content)
    fields = results.record_fields(score_splits(truths, values))
    store.write(root, dataclasses.replace(record, **fields))


def write_repeated(root: Path, number: int) -> None:
    """Write a record with the predictions of one of the first, and some blank lines below them."""
    original = _first(root)[number % DISTINCT]
    record = _named(original, number)
    file = store.path(root, record)
    if file.exists():
        return
    for split in SPLITS:
        known = store.predictions_path(root, original, split).read_bytes()
        blank = gzip.compress(b"\n" * (number // DISTINCT), mtime=0)
        store.predictions_path(root, record, split).write_bytes(known + blank)
    file.write_text(json.dumps(dataclasses.asdict(record), indent=1))


def _named(original: Record, number: int) -> Record:
    row, seed = divmod(number, SEEDS)
    record = dataclasses.replace(
        original, model=f"synthetic_{row:05d}", seed=seed, notes=NOTE, network=None, no_network=""
    )
    file = store.predictions_path(Path(), record, "test")
    return dataclasses.replace(record, predictions=file.as_posix())


@functools.cache
def _originals() -> list[Record]:
    return [one for one in store.read_all(HERE / "records", "mirror_11class") if one.seed == 0]


@functools.cache
def _first(root: Path) -> list[Record]:
    found = store.read_all(root, "mirror_11class")
    return sorted(found, key=lambda record: (record.model, record.seed))[:DISTINCT]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of the records")
    parser.add_argument("--records", type=int, default=1000, help="their number (default: 1000)")
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args(arguments)
    if HERE.parent in (args.folder.resolve(), *args.folder.resolve().parents):
        parser.error(f"{args.folder} is in the repository; name another folder")
    write(args.folder, args.records, args.processes)
    return 0


if __name__ == "__main__":
    sys.exit(main())
