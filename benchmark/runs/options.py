"""The options of `python -m benchmark.run`."""

import argparse
import math
from pathlib import Path

from benchmark.training import recipe
from benchmark.models import registry
from benchmark.runs import table2

QUICK_DATA = {  # by task
    registry.CLASSIFICATION: "tem_virus/phantom_14class",
    registry.DETECTION: "tem_exosome/phantom",
}


def folder(text: str) -> Path:
    """Read the name of a folder to write to, for argparse: that of no file, nor of one in it."""
    path = Path(text)
    there = next((one for one in (path, *path.parents) if one.exists()), None)
    if there and not there.is_dir():
        raise argparse.ArgumentTypeError(f"{there} is a file; expected a folder. Name another.")
    return path


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return the command's parser."""
    parser = argparse.ArgumentParser(prog="python -m benchmark.run", description=description)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--all", action="store_true", help="every registered model")
    what.add_argument("--models", nargs="+", default=[], metavar="MODEL", help="these models")
    what.add_argument("--table2", action="store_true", help="the fifteen rows of the paper's table")
    what.add_argument("--list", action="store_true", help="list the models, train nothing")
    parser.add_argument("--json", action="store_true", help="with --list: machine-readable")
    parser.add_argument(
        "--start",
        choices=registry.INITIALIZATIONS,
        help="only this start; each model can start from scratch",
    )
    parser.add_argument(
        "--data", nargs="+", metavar="CONFIG",
        help=f"default {table2.REPRESENTATIVE}; or .npz files; or folder:PATH, your own pictures, "
        "for a detector with boxes",
    )  # fmt: skip
    parser.add_argument("--data-dir", type=Path, help="of the prepared data sets")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--recipe", choices=recipe.NAMES, help="default paper")
    parser.add_argument(
        "--set", nargs="+", default=[], metavar="SETTING=VALUE", help="change the recipe"
    )
    parser.add_argument(
        "--weights", nargs="+", default=[], metavar="MODEL=FILE",
        help="ImageNet weights without top, or a trained detector's, for a transfer start",
    )  # fmt: skip
    parser.add_argument(
        "--quick", action="store_true", help="phantoms, small patches, few steps, from scratch"
    )
    parser.add_argument(
        "--records", type=folder,
        help="default leaderboard/records, of your own pictures runs/records; tables lie inside it "
        "unless it is leaderboard/records",
    )  # fmt: skip
    parser.add_argument("--note", default="", help="stands in the record and below the table")
    parser.add_argument("--runs", type=folder, help="checkpoints of the runs; default runs")
    _add_machines(parser)
    return parser


def _add_machines(parser: argparse.ArgumentParser) -> None:
    where = parser.add_argument_group("where and how long")
    where.add_argument(
        "--time-limit", type=_minutes, metavar="MINUTES", default=24 * 60,
        help="end a run that takes longer; the same command continues it (default 1440, a day)",
    )  # fmt: skip
    where.add_argument(
        "--jobs", type=count, metavar="N",
        help="at most N runs at once, each on a GPU of its own (default 1)",
    )  # fmt: skip
    where.add_argument(
        "--devices", type=count, default=1, metavar="N",
        help="divide every batch among N devices (backend jax; default 1)",
    )  # fmt: skip
    where.add_argument(
        "--ray", metavar="ADDRESS",
        help="do the runs on a Ray cluster: auto, local (started here), or host:port",
    )  # fmt: skip


def count(text: str) -> int:
    """Read an option that is a number of things: 1 or more."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text}: expected 1 or more")
    return number


def _minutes(text: str) -> float:
    number = float(text)
    if not (number > 0 and math.isfinite(number)):
        raise argparse.ArgumentTypeError(f"{text}: expected minutes, more than 0")
    return number
