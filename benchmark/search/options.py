"""The options of `python -m benchmark.search`."""

import argparse
import math
from pathlib import Path

from benchmark import tasks
from benchmark.data.address import address
from benchmark.data.options import add_data_dir
from benchmark.models import registry
from benchmark.runs import short_recipe
from benchmark.runs.limits import add_limits
from benchmark.search.folds import KINDS, SESSION
from benchmark.search.trial import VERDICTS
from leaderboard.files import subcommands
from leaderboard.files.arguments import count, number, output_folder, seed

PROGRAM = "python -m benchmark.search"
DATA = "tem_virus/mirror_11class"
ROOT = Path(__file__).resolve().parents[2]
LOG, PAGE = ROOT / "leaderboard" / "search", ROOT / "docs" / "search.md"
HELP = {
    "run": "train a recipe over the folds that a trial lacks, and write them into the log",
    "compare": "compare two trials on the folds and seeds that both have",
    "table": "print the log as Markdown",
    "verdict": "write into the log whether a trial is kept, and why",
    "budget": "name the CPU hours of the search, or print what is spent",
}
EXAMPLES = {
    "run": (
        'baseline --model plain_cnn --what "the recipe as it is" --seeds 0 1',
        'smooth --model plain_cnn --set label_smoothing=0.1 --what "more smoothing" --only 0',
    ),
    "compare": ("baseline smooth",),
    "table": ("--write",),
    "verdict": ('smooth dropped --reason "log loss is undecided, accuracy is less"',),
    "budget": ('--cpu-hours 24 --reason "one night of two cores"',),
}
hours = number(float, "CPU hours, more than 0", lambda value: 0 < value < math.inf)


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return the command's parser."""
    parser, commands = subcommands.parser_of(
        PROGRAM, description, HELP, EXAMPLES, ("budget", "run", "compare")
    )
    run, compare, table, verdict, budget = commands.values()
    _add_run(run)
    compare.add_argument("first", metavar="TRIAL", help="name in the log")
    compare.add_argument("second", metavar="TRIAL", help="name in the log")
    table.add_argument(
        "--write", action="store_true", help="write the page, docs/search.md, in place of printing"
    )
    verdict.add_argument("name", metavar="TRIAL", help="name in the log")
    verdict.add_argument("verdict", choices=VERDICTS, help="what became of it")
    verdict.add_argument(
        "--reason", required=True, metavar="TEXT", help="why, with the numbers that decided"
    )
    budget.add_argument(
        "--cpu-hours", type=hours, metavar="HOURS",
        help="CPU hours of all trials together, those named before included",
    )  # fmt: skip
    budget.add_argument("--reason", default="", metavar="TEXT", help="what it is chosen by")
    for command in (run, compare, verdict):
        command.add_argument(
            "--data", type=address, default=DATA, metavar="CONFIG",
            help="prepared config, or an .npz file (default: %(default)s)",
        )  # fmt: skip
    for command in (run, compare, table, verdict, budget):
        command.add_argument(
            "--log", type=output_folder, default=LOG, metavar="FOLDER",
            help="folder of the log (default: leaderboard/search); another gets a page of its own",
        )  # fmt: skip
    return parser


def _add_run(run: argparse.ArgumentParser) -> None:
    short = short_recipe.shown(short_recipe.SETTINGS)
    run.add_argument("name", metavar="TRIAL", help="name in the log; that of a begun trial goes on")
    run.add_argument("--what", default="", metavar="TEXT", help="one sentence on what it tries")
    run.add_argument("--model", required=True, metavar="MODEL", help="registered classifier")
    run.add_argument(
        "--recipe", choices=tasks.recipe_names(),
        help=f"settings of the training (default: {short_recipe.NAME} with {short})",
    )  # fmt: skip
    run.add_argument(
        "--set", nargs="+", default=[], metavar="SETTING=VALUE",
        help="change settings of the recipe, such as epochs=5 or learning_rate=0.001",
    )  # fmt: skip
    run.add_argument(
        "--start", choices=registry.INITIALIZATIONS,
        help="from scratch or from pretrained weights (default: as the model is registered)",
    )  # fmt: skip
    run.add_argument(
        "--weights", nargs="+", default=[], metavar="MODEL=FILE", help="pretrained weights"
    )
    run.add_argument(
        "--seeds", nargs="+", type=seed, default=[0], metavar="SEED",
        help="train every fold once with each of these random seeds (default: 0)",
    )  # fmt: skip
    run.add_argument(
        "--groups", choices=KINDS, default=SESSION,
        help="what no fold divides: imaging sessions or micrographs (default: %(default)s)",
    )  # fmt: skip
    run.add_argument(
        "--folds", type=count, default=3, metavar="K", help="number of folds (default: %(default)s)"
    )
    run.add_argument(
        "--only", nargs="+", type=seed, default=[], metavar="FOLD",
        help="only these folds, the first is 0 (default: all)",
    )  # fmt: skip
    add_data_dir(run)
    add_limits(run, "fold")
    run.add_argument(
        "--runs", type=output_folder, default=ROOT / "runs", metavar="FOLDER",
        help="folder of the checkpoints (default: runs)",
    )  # fmt: skip
