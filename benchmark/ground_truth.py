"""python -m benchmark.ground_truth CONFIG FOLDER: what is right, for scoring without pictures.

Of patches their classes, into leaderboard/ground_truth/classification_tables; of whole micrographs
the boxes in them, into leaderboard/ground_truth/detection_tables.
"""

import argparse
import sys
from pathlib import Path

import numpy as np

from benchmark.classification import read as reading
from benchmark.classification.data import Data
from benchmark.detection import ground_truth
from benchmark.detection import read as boxed
from benchmark.errors import BenchmarkError
from benchmark.runs import tasks
from leaderboard.ground_truth import classification as patch_truth
from leaderboard.ground_truth import detection as box_truth
from leaderboard.ground_truth.classification import PatchTruth
from leaderboard.ground_truth.table_files import GroundTruthError
from tem_virus_dataset import facts
from tem_virus_dataset.audit.clean import clean
from tem_virus_dataset.errors import DatasetError

LEARNED_FROM = {"validation": ("train",), "test": ("train", "validation")}


def tables(data: Data) -> list[PatchTruth]:
    """Make the tables of a config's validation and test split, in the order of the ids.

    The excluded classes of `patches_22class` are unknown ones: to models of the fourteen.
    """
    classes = tuple(name for name in data.classes if name not in facts.EXCLUDED)
    places = np.array(
        [classes.index(n) if n in classes else patch_truth.UNKNOWN for n in data.classes]
    )
    found = []
    for split, others in LEARNED_FROM.items():
        patches = data.splits[split]
        seen = np.concatenate([data.splits[other].micrographs for other in others])
        found.append(
            PatchTruth(
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
    parser = argparse.ArgumentParser(prog="python -m benchmark.ground_truth", description=__doc__)
    parser.add_argument("config", help="for example tem_virus/mirror_11class or tem_exosome/cbia")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data-dir", type=Path)
    args = parser.parse_args(argv)
    try:
        file = _written(args.config, args.folder, args.data_dir)
    except (BenchmarkError, DatasetError, GroundTruthError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(f"wrote {file}")
    return 0


def _written(config: str, folder: Path, data_dir: Path | None) -> Path:
    if not config.startswith(("tem_virus/", "tem_exosome/")):
        raise BenchmarkError(f"{config}: expected a config such as tem_virus/CONFIG.")
    if tasks.task(config) == tasks.DETECTION:
        return box_truth.write(folder, ground_truth.tables(boxed.load(config, data_dir)))
    return patch_truth.write(folder, tables(reading.load(config, data_dir)))


if __name__ == "__main__":
    sys.exit(main())
