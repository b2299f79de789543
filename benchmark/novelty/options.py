"""The options of `python -m benchmark.novelty`."""

import argparse
import shlex
from pathlib import Path

from benchmark import tasks
from benchmark.data.address import address
from benchmark.data.options import add_data_dir
from benchmark.models import registry
from benchmark.novelty import plan_rounds, rounds
from benchmark.novelty.plan_rounds import Request
from benchmark.runs import short_recipe
from benchmark.runs.limits import add_limits
from leaderboard.files import subcommands
from leaderboard.files.arguments import output_folder, path, seed

PROGRAM = "python -m benchmark.novelty"
DATA = "tem_virus/mirror_11class"
ROOT = Path(__file__).resolve().parents[2]
LOG = ROOT / "leaderboard" / "novelty"
RUNS = ROOT / "runs"
EXAMPLES = {
    "run": (
        "--model contrast_cnn",
        "--model contrast_cnn --kinds single sessions --jobs 2",
        "--model mobilenet_v2 --recipe brief --start transfer --kinds single --seeds 0 1 2",
    ),
    "choose": ("--model contrast_cnn",),
    "official": ("virus-classifier --folder ~/official_test_14class",),
}
HELP = {
    "run": "train the rounds that are not finished",
    "choose": "compare the scores in the finished rounds, choose one, and write the log",
    "official": "pass the official test patches through a released classifier, once",
}


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return the command's parser."""
    parser, commands = subcommands.parser_of(PROGRAM, description, HELP, EXAMPLES)
    run, choose, official = commands.values()
    for command in (run, choose):
        _add_rounds(command)
    add_seeds(run)
    add_seed(choose)
    add_limits(run, "round")
    official.add_argument(
        "name", metavar="NAME", help="a released classifier, or a network's file (.onnx)"
    )
    official.add_argument(
        "--folder", type=path, required=True, metavar="FOLDER",
        help="folder of the official test patches, which holds test/",
    )  # fmt: skip
    for command in (choose, official):
        command.add_argument(
            "--log", type=output_folder, default=LOG, metavar="FOLDER",
            help="folder of the log (default: leaderboard/novelty)",
        )  # fmt: skip
    return parser


def request(args: argparse.Namespace, kinds: tuple[str, ...], data: str) -> Request:
    """Return what is asked for; weights that are named are started from."""
    start = args.start or (registry.TRANSFER if args.weights else registry.SCRATCH)
    return Request(
        args.model, args.recipe, args.set, start, args.weights, kinds,
        tuple(dict.fromkeys(args.seeds)), data, args.data_dir, args.runs,
    )  # fmt: skip


def typed(args: argparse.Namespace) -> str:
    """Return the options that find the same rounds, as they are typed."""
    words = ["--model", args.model]
    words += ["--set", *args.set] if args.set else []
    words += ["--seeds", *map(str, args.seeds)] if args.seeds != [0] else []
    others = {"recipe": None, "start": None, "weights": None}
    for name, default in (others | {"data_dir": None, "runs": RUNS}).items():
        if (value := getattr(args, name)) != default:
            words += [f"--{name.replace('_', '-')}", str(value)]
    return shlex.join(words)


def add_training(command: argparse.ArgumentParser) -> None:
    """Add what decides the trainings of the rounds: all that finds them again."""
    short = short_recipe.shown(plan_rounds.SHORT)
    command.add_argument("--model", required=True, metavar="MODEL", help="registered classifier")
    command.add_argument(
        "--recipe", choices=tasks.recipe_names(),
        help=f"settings of the training (default: {short_recipe.NAME} with {short})",
    )  # fmt: skip
    command.add_argument(
        "--set", nargs="+", default=[], metavar="SETTING=VALUE", help="change settings of it"
    )
    command.add_argument(
        "--start", choices=registry.INITIALIZATIONS,
        help="train from random or from pretrained weights (default: scratch, or transfer where "
        "--weights are named)",
    )  # fmt: skip
    command.add_argument(
        "--weights", metavar="WEIGHTS", help="file of ImageNet weights without top to start from"
    )


def add_seeds(command: argparse.ArgumentParser) -> None:
    """Add the seeds of the trainings."""
    command.add_argument(
        "--seeds", nargs="+", type=seed, default=[0], metavar="SEED",
        help="of the trainings, one of each round with each (default: 0)",
    )  # fmt: skip


def add_seed(command: argparse.ArgumentParser) -> None:
    """Add the seed of the trainings, where they are of one: a list of one seed."""
    command.add_argument(
        "--seed", nargs=1, type=seed, default=[0], dest="seeds", metavar="SEED",
        help="of the trainings (default: 0)",
    )  # fmt: skip


def _add_rounds(command: argparse.ArgumentParser) -> None:
    add_training(command)
    command.add_argument(
        "--kinds", nargs="+", choices=rounds.KINDS, default=list(rounds.DEFAULT), metavar="KIND",
        help="what the rounds leave out: several classes, sessions, a single class (default: "
        "classes sessions)",
    )  # fmt: skip
    command.add_argument(
        "--data", type=address, default=DATA, metavar="CONFIG",
        help="prepared config, or an .npz file (default: %(default)s)",
    )  # fmt: skip
    add_data_dir(command)
    command.add_argument(
        "--runs", type=output_folder, default=RUNS, metavar="FOLDER",
        help="folder of the checkpoints and features (default: runs)",
    )  # fmt: skip
