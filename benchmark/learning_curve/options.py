"""The options of `python -m benchmark.learning_curve`."""

from pathlib import Path

from benchmark.data.address import address
from benchmark.data.options import add_data_dir
from benchmark.runs.finished import RUNS
from benchmark.runs.limits import add_limits
from leaderboard.files.arguments import Parser, count, output_folder, path

PROGRAM = "python -m benchmark.learning_curve"
LOG = Path(__file__).resolve().parents[2] / "leaderboard" / "learning_curve.csv"
NUMBERS = 1, 2, 4, 8, 16


def parser(description: str | None) -> Parser:
    """Return the command's parser."""
    examples = (f"{PROGRAM} --class Adenovirus", f"{PROGRAM} --class Norovirus --draws 1")
    parser = Parser(prog=PROGRAM, description=description, examples=examples)
    _add_data(parser)
    _add_training(parser)
    parser.add_argument(
        "--runs", type=output_folder, default=RUNS / "learning_curve", metavar="FOLDER",
        help="folder of the trainings (default: runs/learning_curve)",
    )  # fmt: skip
    parser.add_argument(
        "--log", type=path, default=LOG, metavar="FILE",
        help="CSV file of the finished trainings (default: leaderboard/learning_curve.csv)",
    )  # fmt: skip
    parser.add_argument(
        "--table", action="store_true", help="print the table of the log, and train nothing"
    )
    return parser


def _add_data(parser: Parser) -> None:
    group = parser.add_argument_group("data")
    group.add_argument(
        "--class", dest="class_name", default="Adenovirus", metavar="NAME",
        help="class that the first detector does not know (default: %(default)s)",
    )  # fmt: skip
    group.add_argument(
        "--data", type=address, default="tem_virus/mirror_11class_boxes", metavar="CONFIG",
        help="micrographs with boxes (default: %(default)s)",
    )  # fmt: skip
    add_data_dir(group)
    group.add_argument(
        "--micrographs", nargs="+", type=count, default=list(NUMBERS), metavar="N",
        help="numbers of corrected micrographs (default: 1 2 4 8 16)",
    )  # fmt: skip
    group.add_argument(
        "--draws", type=count, default=3, metavar="N",
        help="how often micrographs are drawn (default: %(default)s)",
    )  # fmt: skip


def _add_training(parser: Parser) -> None:
    group = parser.add_argument_group("training")
    group.add_argument(
        "--base-set", nargs="+", default=[], metavar="SETTING=VALUE",
        help="changes of the recipe steady, for the detector without the class",
    )  # fmt: skip
    group.add_argument(
        "--set", nargs="+", default=[], metavar="SETTING=VALUE",
        help="changes of the recipe finetune; the training from scratch has the same steps",
    )  # fmt: skip
    add_limits(group, "training")
