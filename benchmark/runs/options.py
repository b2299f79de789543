"""The options of `python -m benchmark.run`."""

import argparse

from benchmark import tasks
from benchmark.data.address import address
from benchmark.data.options import add_data_dir, add_nm_per_pixel
from benchmark.errors import UsageError
from benchmark.models import registry
from benchmark.runs import table2
from benchmark.runs.limits import add_limits
from leaderboard.files.arguments import Parser, count, output_folder, seed

EXAMPLES = (
    "python -m benchmark.run --models plain_cnn --quick",
    "python -m benchmark.run --models d4_cnn plain_cnn --data mirror_11class --recipe brief",
    "python -m benchmark.run --models yolov5n --data folder:~/micrographs --recipe brief "
    "--set epochs=5",
    "python -m benchmark.run --models yolov5n --data folder:~/corrected --weights virus-detector "
    "--recipe finetune",
)


def parser(description: str | None) -> Parser:
    """Return the command's parser."""
    parser = Parser(prog="python -m benchmark.run", description=description, examples=EXAMPLES)
    _add_models(parser)
    _add_data(parser)
    _add_training(parser)
    _add_places(parser)
    return parser


def check(parser: Parser, args: argparse.Namespace) -> None:
    """Refuse options that would do nothing: of a training beside --list, and --json without it.

    Raises:
      UsageError: there is such an option.
    """
    given = [a for a in parser._actions if a.dest != "help" and getattr(args, a.dest) != a.default]
    others = [a.option_strings[0] for a in given if a.dest not in ("list", "json")]
    if args.list and others:
        raise UsageError(
            f"--list: found {', '.join(others)} beside it; expected none: it lists all models, and "
            "trains nothing. Leave one of them out."
        )
    if args.json and not args.list:
        raise UsageError(
            "--json: found no --list beside it; expected both, since it is a form of that list. "
            "Add it, or leave --json out."
        )


def _add_models(parser: Parser) -> None:
    group = parser.add_argument_group("what to run")
    what = group.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--all", action="store_true", help="train every registered model of the data's task"
    )
    what.add_argument(
        "--models", nargs="+", default=[], metavar="MODEL", help="train the models of these names"
    )
    what.add_argument(
        "--table2", action="store_true", help="train the fifteen rows of Table 2 of the paper"
    )
    what.add_argument(
        "--list", action="store_true", help="list all models with their sizes, and train nothing"
    )
    group.add_argument("--json", action="store_true", help="print the list of --list as JSON")
    group.add_argument(
        "--quick", action="store_true",
        help="train a few steps on small phantoms from scratch, to see that everything works",
    )  # fmt: skip


def _add_data(parser: Parser) -> None:
    group = parser.add_argument_group("data")
    group.add_argument(
        "--data", nargs="+", type=address, metavar="CONFIG",
        help="prepared configs such as mirror_11class or tem_exosome/cbia, .npz files, or "
        f"folder:PATH with your own images (default: {table2.REPRESENTATIVE})",
    )  # fmt: skip
    add_nm_per_pixel(group)
    add_data_dir(group)


def _add_training(parser: Parser) -> None:
    group = parser.add_argument_group("training")
    group.add_argument(
        "--recipe", choices=tasks.recipe_names(), help="settings of the training (default: paper)"
    )
    group.add_argument(
        "--set", nargs="+", default=[], metavar="SETTING=VALUE",
        help="change settings of the recipe, such as epochs=5 or learning_rate=0.001",
    )  # fmt: skip
    group.add_argument(
        "--start", choices=registry.INITIALIZATIONS,
        help="train only from scratch, or only from pretrained weights (default: as the model "
        "is registered)",
    )  # fmt: skip
    group.add_argument(
        "--weights", nargs="+", default=[], metavar="WEIGHTS",
        help="what to start from: for a detector, a released one (virus-detector), a network's "
        "file (.onnx), the record of a run (.json), or its best-<epoch>.npz; else the file of "
        "ImageNet weights without top. With several models: MODEL=WEIGHTS",
    )  # fmt: skip
    group.add_argument(
        "--seeds", nargs="+", type=seed, default=[0], metavar="SEED",
        help="train once with each of these random seeds (default: 0)",
    )  # fmt: skip


def _add_places(parser: Parser) -> None:
    group = parser.add_argument_group("where and how long")
    group.add_argument(
        "--records", type=output_folder, metavar="FOLDER",
        help="folder of the records (default: leaderboard/records; for your own images, "
        "runs/records); other folders get tables of their own",
    )  # fmt: skip
    group.add_argument(
        "--runs", type=output_folder, metavar="FOLDER",
        help="folder of the checkpoints (default: runs)",
    )  # fmt: skip
    group.add_argument(
        "--note", default="", metavar="TEXT",
        help="text for the record, which is also printed below the table",
    )  # fmt: skip
    add_limits(group, "run", jobs=None, default="1, with --quick 2")
    group.add_argument(
        "--devices", type=count, default=1, metavar="N",
        help="divide every batch among N devices; needs the backend jax (default: 1)",
    )  # fmt: skip
    group.add_argument(
        "--ray", metavar="ADDRESS",
        help="do the runs on a Ray cluster: auto, local (started on this machine), or host:port",
    )  # fmt: skip
