"""The options of `python -m benchmark.predict`."""

import argparse
from pathlib import Path

from leaderboard.files.arguments import output_folder
from leaderboard.score import share
from tem_virus_dataset.micrographs.tags import LARGEST, SMALLEST

RUNS = Path(__file__).resolve().parents[2] / "runs"


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return the command's parser."""
    parser = argparse.ArgumentParser(prog="python -m benchmark.predict", description=description)
    parser.add_argument(
        "images", nargs="+", type=Path, metavar="IMAGE",
        help="micrographs (TIFF, PNG, JPEG, MRC, DM3, DM4), or folders of them",
    )  # fmt: skip
    parser.add_argument(
        "--model", type=Path, required=True, metavar="RECORD", help="JSON of a finished run"
    )
    parser.add_argument(
        "--nm-per-pixel", type=_nm, metavar="X",
        help="side of a pixel; needed where the files do not say it",
    )  # fmt: skip
    parser.add_argument(
        "--confidence", type=share, metavar="C",
        help="leave out what the detector is less sure of, 0 to 1 (default: chosen on validation)",
    )  # fmt: skip
    parser.add_argument(
        "--points", type=Path, metavar="CSV",
        help="tell the class of the particles here: columns x and y in pixels, and file",
    )  # fmt: skip
    parser.add_argument(
        "--detector", type=Path, metavar="RECORD",
        help="find the particles with this run, whose class --model then tells",
    )  # fmt: skip
    parser.add_argument(
        "--out",
        type=output_folder,
        default=Path("predictions"),
        help="folder of the results (predictions)",
    )
    parser.add_argument("--runs", type=Path, default=RUNS, help="weights of the runs (runs)")
    return parser


def _nm(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not SMALLEST <= number <= LARGEST:
        raise argparse.ArgumentTypeError(f"{text}: expected {SMALLEST:g} to {LARGEST:g} nm")
    return number
