"""The options of `python -m benchmark.open_set`."""

import argparse

from benchmark.data.options import add_data_dir
from benchmark.novelty.options import DATA, LOG, RUNS, add_seed, add_seeds, add_training
from benchmark.open_set.methods import METHODS
from leaderboard.files import subcommands
from leaderboard.files.arguments import output_folder, path

PROGRAM = "python -m benchmark.open_set"
EXAMPLES = {
    "choose": ("--model contrast_cnn",),
    "official": (
        "leaderboard/records/mirror_11class/contrast_cnn-scratch-steady-s*.json --folder "
        "~/official_test_14class",
    ),
    "mirror": ("--model contrast_cnn",),
    "textures": ("--folder ~/official_test_14class",),
    "pictures": ("pictures.npz --folder ~/official_test_14class",),
}
HELP = {
    "choose": "compare methods in the finished rounds of python -m benchmark.novelty, choose one",
    "official": "score finished networks on open_set_14class, once, with all methods",
    "mirror": "make rows of novelty_mirror of finished rounds",
    "textures": "make the rows of the baseline, numbers of texture, on both boards",
    "pictures": "write the pictures of open_set_14class as an .npz file",
}


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return the command's parser."""
    parser, commands = subcommands.parser_of(PROGRAM, description, HELP, EXAMPLES)
    commands["official"].add_argument(
        "records", type=path, nargs="+", metavar="RECORD.json",
        help="records of one model with networks beside them",
    )  # fmt: skip
    commands["pictures"].add_argument("out", type=path, metavar="OUT.npz", help="file to write")
    for name, add_own in (("choose", add_seed), ("mirror", add_seeds)):
        add_training(commands[name])
        add_own(commands[name])
        commands[name].add_argument(
            "--identity", nargs="+", default=(), metavar="HASH", help="of rounds of earlier "
            "versions of the code, as their folders are named; of each round the first that is "
            "finished is read (default: that of the present code)",
        )  # fmt: skip
    for name in ("official", "textures", "pictures"):
        commands[name].add_argument(
            "--folder", type=path, required=True, metavar="FOLDER",
            help="folder of the official test patches, which holds test/",
        )  # fmt: skip
    for name in ("official", "mirror"):
        commands[name].add_argument(
            "--methods", nargs="+", choices=tuple(METHODS), metavar="METHOD",
            help="a row for each of these (default: max_probability and the chosen one)",
        )  # fmt: skip
    commands["official"].add_argument(
        "--ensemble", action="store_true",
        help="a row more, of all these networks as one: the largest of their mean probabilities",
    )  # fmt: skip
    for name, command in commands.items():
        if name == "pictures":
            continue
        add_data_dir(command)
        command.add_argument(
            "--runs", type=output_folder, default=RUNS, metavar="FOLDER",
            help="folder of the checkpoints and features (default: runs)",
        )  # fmt: skip
        command.add_argument(
            "--log", type=output_folder, default=LOG, metavar="FOLDER",
            help="folder of the boards and the log (default: leaderboard/novelty)",
        )  # fmt: skip
    return parser


__all__ = ["DATA", "PROGRAM", "parser"]
