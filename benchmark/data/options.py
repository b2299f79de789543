"""The options of commands that name data."""

import argparse

from leaderboard.files.arguments import number, path
from tem_virus_dataset.formats.pixel_size import LARGEST, SMALLEST

NM_PER_PIXEL = number(
    float, f"{SMALLEST:g} to {LARGEST:g} nm", lambda nm: SMALLEST <= nm <= LARGEST
)


def add_data_dir(options: argparse._ActionsContainer) -> None:
    """Add `--data-dir` to a parser or to a group of its options."""
    options.add_argument(
        "--data-dir", type=path, metavar="FOLDER",
        help="folder of the prepared data sets (default: that of TensorFlow Datasets)",
    )  # fmt: skip


def add_nm_per_pixel(options: argparse._ActionsContainer) -> None:
    """Add `--nm-per-pixel` to a parser or to a group of its options."""
    options.add_argument(
        "--nm-per-pixel", type=NM_PER_PIXEL, metavar="X",
        help="pixel size of all images of folder:PATH (default: that of pixel_sizes.csv in the "
        "folder, else what the files state)",
    )  # fmt: skip
