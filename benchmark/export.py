"""python -m benchmark.export CONFIG FILE.npz: one compact file, for machines without TensorFlow."""

import sys
from pathlib import Path

from benchmark import tasks
from benchmark.data.address import address, with_nm_per_pixel
from benchmark.data.options import add_data_dir, add_nm_per_pixel
from benchmark.errors import BenchmarkError, UsageError
from benchmark.machine import environment
from leaderboard.files.arguments import Parser, command, path
from leaderboard.files.writable import try_folder
from tem_virus_dataset.errors import DatasetError

EXAMPLES = (
    "python -m benchmark.export mirror_11class mirror.npz",
    "python -m benchmark.export tem_exosome/cbia ~/cbia.npz --data-dir ~/tensorflow_datasets",
    "python -m benchmark.export folder:~/micrographs micrographs.npz",
)


@command(
    "python -m benchmark.export", BenchmarkError, DatasetError, OSError,
    interrupted="interrupted; nothing was written",
)  # fmt: skip
def main(argv: list[str] | None = None) -> int:
    """Write one prepared config, or a user's folder, as a file; returns the exit status."""
    parser = _parser()
    args = parser.parse_args(argv)
    environment.start()
    data = with_nm_per_pixel(args.config, args.nm_per_pixel)
    notice = _export(data, args.data_dir, args.file)
    if notice:
        print(notice)
    print(f"{data} is in {args.file}")
    return 0


def _export(config: str, data_dir: Path | None, file: Path) -> str:
    """Write the file; return a line on how a user's folder is understood, or ""."""
    if file.suffix != ".npz":
        raise UsageError(f"{file}: expected a name that ends in .npz.")
    try_folder(file.parent, "FILE.npz")
    task = tasks.of_data(config)
    task.export(config, data_dir, file)
    return task.notice(config)


def _parser() -> Parser:
    parser = Parser(prog="python -m benchmark.export", description=__doc__, examples=EXAMPLES)
    parser.add_argument(
        "config", type=address,
        help="prepared config such as mirror_11class or tem_exosome/cbia, or folder:PATH",
    )  # fmt: skip
    parser.add_argument("file", type=path, metavar="FILE.npz", help="file to write")
    add_nm_per_pixel(parser)
    add_data_dir(parser)
    return parser


if __name__ == "__main__":
    sys.exit(main())
