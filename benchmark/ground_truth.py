"""python -m benchmark.ground_truth CONFIG FOLDER: write the ground-truth table of a config.

Predictions are scored against it without the images. The tables of classes are kept in
leaderboard/ground_truth/classification_tables, those of boxes in
leaderboard/ground_truth/detection_tables.
"""

import sys
from pathlib import Path

from benchmark import tasks
from benchmark.data.address import address, is_file, is_folder
from benchmark.data.options import add_data_dir
from benchmark.errors import BenchmarkError, UsageError
from benchmark.machine import environment
from leaderboard.files.arguments import Parser, command, output_folder
from leaderboard.ground_truth.table_files import GroundTruthError
from tem_virus_dataset.errors import DatasetError

EXAMPLES = (
    "python -m benchmark.ground_truth mirror_11class tables",
    "python -m benchmark.ground_truth tem_exosome/cbia leaderboard/ground_truth/detection_tables",
    "python -m benchmark.ground_truth patches_14class tables --data-dir ~/tensorflow_datasets",
)


@command(
    "python -m benchmark.ground_truth", BenchmarkError, DatasetError, GroundTruthError, OSError,
    interrupted="interrupted; nothing was written",
)  # fmt: skip
def main(argv: list[str] | None = None) -> int:
    """Write the table of one prepared config into a folder; returns the exit status."""
    parser = _parser()
    args = parser.parse_args(argv)
    environment.start()
    file = _write(args.config, args.data_dir, args.folder)
    print(f"wrote {file}")
    return 0


def _write(config: str, data_dir: Path | None, folder: Path) -> Path:
    if is_file(config) or is_folder(config):
        raise UsageError(f"{config}: expected a config such as tem_virus/CONFIG.")
    return tasks.of_data(config).write_ground_truth(config, data_dir, folder)


def _parser() -> Parser:
    parser = Parser(prog="python -m benchmark.ground_truth", description=__doc__, examples=EXAMPLES)
    parser.add_argument(
        "config", type=address, help="prepared config such as mirror_11class or tem_exosome/cbia"
    )
    parser.add_argument("folder", type=output_folder, help="folder to write the table into")
    add_data_dir(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
