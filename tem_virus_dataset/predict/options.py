"""The options of `tem-virus predict`, which `python -m benchmark.predict` has, too."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tem_virus_dataset.files.arguments import fraction, number, output_folder, path
from tem_virus_dataset.formats.read import NAMES
from tem_virus_dataset.formats.typed_pixel_size import nm_per_pixel
from tem_virus_dataset.predict.writers import kinds

CROP_BOTTOM = number(int, "a whole number of pixels, 0 or more", lambda value: value >= 0)


def add(
    parser: argparse.ArgumentParser,
    network: Callable[[str], Any],
    metavar: str,
    default: Any,
    help: str,
) -> None:
    """Add all options to a parser.

    Args:
      network: reads the values of --model and --detector; metavar, help: of --model.
      default: of --model; None where it must be given.
    """
    parser.add_argument(
        "images", nargs="+", type=path, metavar="IMAGE",
        help=f"micrographs ({NAMES}), or folders of them",
    )  # fmt: skip
    parser.add_argument(
        "--model", type=network, required=default is None, default=default, metavar=metavar,
        help=help,
    )  # fmt: skip
    parser.add_argument(
        "--nm-per-pixel", type=nm_per_pixel, metavar="X",
        help="pixel size; needed where neither the files nor pixel_sizes.csv state it",
    )  # fmt: skip
    parser.add_argument(
        "--crop-bottom", type=CROP_BOTTOM, metavar="N",
        help="height in pixels of the info strip below the images, 0 for none (default: found)",
    )  # fmt: skip
    parser.add_argument(
        "--invert", action="store_true",
        help="exchange bright and dark: for particles that are darker than the stain",
    )  # fmt: skip
    parser.add_argument(
        "--confidence", type=fraction, metavar="C",
        help="drop detections below this confidence, 0 to 1 (default: chosen on validation)",
    )  # fmt: skip
    parser.add_argument(
        "--points", type=path, metavar="CSV",
        help="classify the particles at these points: columns x and y in pixels, and file",
    )  # fmt: skip
    parser.add_argument(
        "--detector", type=network, metavar=metavar,
        help="detect the particles with this network, and classify them with --model",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=output_folder, default=Path("predictions"), metavar="FOLDER",
        help="folder of the results (default %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--formats", nargs="+", choices=kinds.FORMATS, metavar="FORMAT",
        help=f"what is written beside the tables: {', '.join(kinds.FORMATS)} "
        f"(default {' '.join(kinds.DEFAULT)})",
    )  # fmt: skip
    parser.add_argument(
        "--json", action="store_true",
        help="print one line of JSON for each micrograph; all else is printed to stderr",
    )  # fmt: skip
