"""The options of commands that name data."""

import argparse

from leaderboard.files.arguments import path
from tem_virus_dataset.formats.typed_pixel_size import nm_per_pixel


def add_data_dir(options: argparse._ActionsContainer) -> None:
    """Add `--data-dir` to a parser or to a group of its options."""
    options.add_argument(
        "--data-dir", type=path, metavar="FOLDER",
        help="folder of the prepared data sets (default: that of TensorFlow Datasets)",
    )  # fmt: skip


def add_nm_per_pixel(options: argparse._ActionsContainer) -> None:
    """Add `--nm-per-pixel` to a parser or to a group of its options."""
    options.add_argument(
        "--nm-per-pixel", type=nm_per_pixel, metavar="X",
        help="pixel size of all images of folder:PATH (default: that of pixel_sizes.csv in the "
        "folder, else what the files state)",
    )  # fmt: skip
