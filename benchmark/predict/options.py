"""The options of `python -m benchmark.predict`."""

import argparse
from pathlib import Path

from benchmark.runs import finished
from leaderboard.files.arguments import Parser, fraction, number, output_folder, path
from tem_virus_dataset.micrographs.tags import LARGEST, SMALLEST

NM_PER_PIXEL = number(
    float, f"{SMALLEST:g} to {LARGEST:g} nm", lambda value: SMALLEST <= value <= LARGEST
)
CROP_BOTTOM = number(int, "a whole number of pixels, 0 or more", lambda value: value >= 0)
DETECTOR = "runs/records/mirror_11class_boxes/yolov5n-scratch-brief+epochs=40-s0.json"
EXAMPLES = (
    f"python -m benchmark.predict ~/micrographs --model {DETECTOR}",
    "python -m benchmark.predict a.tif --model DETECTOR.json --nm-per-pixel 0.5 --confidence 0.4",
    "python -m benchmark.predict ~/micrographs --model CLASSIFIER.json --points particles.csv",
)


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return the command's parser."""
    parser = Parser(prog="python -m benchmark.predict", description=description, examples=EXAMPLES)
    parser.add_argument(
        "images", nargs="+", type=path, metavar="IMAGE",
        help="micrographs (TIFF, PNG, JPEG, MRC, DM3, DM4), or folders of them",
    )  # fmt: skip
    parser.add_argument(
        "--model",
        type=path,
        required=True,
        metavar="RECORD",
        help="record (JSON) of a run that you trained, or with its network (.onnx) beside it",
    )
    parser.add_argument(
        "--nm-per-pixel", type=NM_PER_PIXEL, metavar="X",
        help="pixel size; needed where the files do not state it",
    )  # fmt: skip
    parser.add_argument(
        "--crop-bottom", type=CROP_BOTTOM, metavar="N",
        help="height in pixels of the info strip below the images, 0 for none (default: found)",
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
        "--detector", type=path, metavar="RECORD",
        help="detect the particles with this run, and classify them with --model",
    )  # fmt: skip
    parser.add_argument(
        "--out", type=output_folder, default=Path("predictions"), metavar="FOLDER",
        help="folder of the results (default %(default)s)",
    )  # fmt: skip
    finished.add_runs(parser)
    return parser
