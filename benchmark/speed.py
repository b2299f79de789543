"""python -m benchmark.speed build: how long things take, as ratios measured side by side."""

import argparse
import sys
from pathlib import Path

from benchmark import build_speed
from tem_virus_dataset.errors import DatasetError


def main(argv: list[str] | None = None) -> int:
    """Run one comparison and print it; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m benchmark.speed", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build", help=build_speed.__doc__)
    build.add_argument("--manual-dir", type=Path, required=True, help="folder with the archive")
    build.add_argument("--limit", type=int, metavar="N", help="only N micrographs of each class")
    args = parser.parse_args(argv)
    try:
        print(build_speed.report(args.manual_dir, args.limit))
    except (DatasetError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
