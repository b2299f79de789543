"""python -m benchmark.export CONFIG FILE.npz: one compact file, for machines without TensorFlow."""

import argparse
import sys
from pathlib import Path

from benchmark.classification import npz_file
from benchmark.classification import read as reading
from benchmark.detection import npz_file as boxed_exported
from benchmark.detection import read as boxed
from benchmark.errors import BenchmarkError
from benchmark.runs import tasks
from tem_virus_dataset.errors import DatasetError


def write(data: str, data_dir: Path | None, file: Path) -> None:
    """Write a prepared config, or a folder, as a file; raises what reading it raises."""
    if reading.task(data) == tasks.DETECTION:
        boxed_exported.write(boxed.load(data, data_dir), file)
    else:
        npz_file.write(reading.load(data, data_dir), file)


def main(argv: list[str] | None = None) -> int:
    """Write one prepared config, or folder, as a file; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmark.export", description=__doc__)
    parser.add_argument("config", help="for example tem_virus/mirror_11class, or folder:PATH")
    parser.add_argument("file", type=Path)
    parser.add_argument("--data-dir", type=Path)
    args = parser.parse_args(argv)
    try:
        if args.file.suffix != ".npz":
            raise BenchmarkError(f"{args.file}: expected a name that ends in .npz.")
        write(args.config, args.data_dir, args.file)
        said = reading.said(args.config)
    except (BenchmarkError, DatasetError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if said:
        print(said)
    print(f"{args.config} is in {args.file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
