"""The options of commands that name data."""

import argparse

from leaderboard.files.arguments import path


def add_data_dir(options: argparse._ActionsContainer) -> None:
    """Add `--data-dir` to a parser or to a group of its options."""
    options.add_argument(
        "--data-dir", type=path, metavar="FOLDER",
        help="folder of the prepared data sets (default: that of TensorFlow Datasets)",
    )  # fmt: skip
