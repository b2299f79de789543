"""python -m benchmark.split_table CONFIG FOLDER: what is right, for scoring without pictures."""

import argparse
import sys
from pathlib import Path

import numpy as np

from benchmark import reading
from benchmark.errors import BenchmarkError
from benchmark.patches import Data
from leaderboard import split_table
from leaderboard.split_table import SplitTable
from tem_virus_dataset import facts
from tem_virus_dataset.audit.clean import clean
from tem_virus_dataset.errors import DatasetError

LEARNED_FROM = {"validation": ("train",), "test": ("train", "validation")}


def tables(data: Data) -> list[SplitTable]:
    """Make the tables of a config's validation and test split, in the order of the ids.

    The excluded classes of `patches_22class` are unknown ones: to models of the fourteen.
    """
    classes = tuple(name for name in data.classes if name not in facts.EXCLUDED)
    places = np.array(
        [classes.index(n) if n in classes else split_table.UNKNOWN for n in data.classes]
    )
    found = []
    for split, others in LEARNED_FROM.items():
        patches = data.splits[split]
        seen = np.concatenate([data.splits[other].micrographs for other in others])
        found.append(
            SplitTable(
                data.config,
                data.version,
                split,
                classes,
                patches.ids,
                places[patches.labels],
                patches.micrographs,
                clean(patches.micrographs.tolist(), seen.tolist()),
            )
        )
    return found


def main(argv: list[str] | None = None) -> int:
    """Write the table of one prepared config into a folder; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmark.split_table", description=__doc__)
    parser.add_argument("config", help="for example tem_virus/mirror_11class")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data-dir", type=Path)
    args = parser.parse_args(argv)
    try:
        if not args.config.startswith("tem_virus/"):
            raise BenchmarkError(f"{args.config}: expected a config such as tem_virus/CONFIG.")
        file = split_table.write(args.folder, tables(reading.load(args.config, args.data_dir)))
    except (BenchmarkError, DatasetError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"wrote {file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
