"""The options of `python -m benchmark.conditions`."""

import argparse

from benchmark.data.address import address
from benchmark.data.options import add_data_dir
from benchmark.runs.finished import RUNS
from leaderboard.files import subcommands
from leaderboard.files.arguments import output_folder, path
from leaderboard.ground_truth import conditions as ground_truth
from leaderboard.render import HERE
from leaderboard.results.conditions import FOLDER
from leaderboard.tasks import CLASSIFICATION, DETECTION

PROGRAM = "python -m benchmark.conditions"
DATA = {
    CLASSIFICATION: "tem_virus/mirror_11class",
    DETECTION: "tem_virus/mirror_11class_boxes",
}
EXAMPLES = {
    "run": (
        "virus-classifier",
        "leaderboard/records/mirror_11class/plain_cnn-scratch-brief-s1.json",
        "network.onnx --predictions seed0.csv.gz --out /tmp/scores",
    ),
    "table": ("mirror_11class",),
}
HELP = {
    "run": "score networks on the test split under every condition",
    "table": "write the table of cells of a config: the hash of the images of each",
}


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return the command's parser."""
    parser, commands = subcommands.parser_of(PROGRAM, description, HELP, EXAMPLES)
    run, table = commands.values()
    run.add_argument(
        "networks", nargs="+", metavar="NETWORK",
        help="record of a run (.json), a network's file (.onnx), or a released model; all are "
        "classifiers, or all detectors",
    )  # fmt: skip
    run.add_argument(
        "--data", type=address, metavar="CONFIG",
        help="prepared config, or an .npz file of it (default: mirror_11class, of detectors "
        "mirror_11class_boxes)",
    )  # fmt: skip
    run.add_argument(
        "--table", type=path, metavar="FILE",
        help="table of cells, of a config whose table is not shipped",
    )  # fmt: skip
    run.add_argument(
        "--runs", type=output_folder, default=RUNS, metavar="FOLDER",
        help="folder of the finished cells (default: runs, in the clone)",
    )  # fmt: skip
    run.add_argument(
        "--out", type=output_folder, default=HERE / FOLDER, metavar="FOLDER",
        help="folder of the scores (default: leaderboard/hard_conditions)",
    )  # fmt: skip
    run.add_argument(
        "--predictions", type=path, metavar="FILE.csv.gz",
        help="also write the predictions of one classifier, as a submission has them",
    )  # fmt: skip
    table.add_argument("data", type=address, metavar="CONFIG", help="prepared config")
    table.add_argument(
        "--out", type=output_folder, default=ground_truth.FOLDER, metavar="FOLDER",
        help="folder of the table (default: leaderboard/ground_truth/condition_tables)",
    )  # fmt: skip
    for command in (run, table):
        add_data_dir(command)
    return parser
