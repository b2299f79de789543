"""The options of `python -m benchmark.speed`."""

import argparse
from pathlib import Path

from benchmark.runs import options
from benchmark.training import recipe

HELP = {
    "build": "building the patches, from RAW and from ready-made files, against the common way",
    "feed": "our feed against a Python loop, Keras's own functions, and tf.data from TFRecord",
    "step": "a training step with our feed against one on a batch that never changes",
    "defaults": "our training step against Keras's defaults on float images",
    "models": "training speed of every model, and its share of the device's peak",
    "detect": "inference of detectors against the package yolov5 in an environment of its own",
}


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return the command's parser."""
    parser = argparse.ArgumentParser(prog="python -m benchmark.speed", description=description)
    commands = parser.add_subparsers(dest="command", required=True)
    build, feed, step, defaults, models, detect = (
        commands.add_parser(name, help=text, description=text) for name, text in HELP.items()
    )
    build.add_argument("--manual-dir", type=Path, required=True, help="folder with the archive")
    build.add_argument("--limit", type=int, metavar="N", help="only N micrographs of each class")
    compared = (feed, step, defaults, models)
    for command in compared:
        command.add_argument(
            "--data", metavar="CONFIG", default="tem_virus/phantom_14class",
            help="default tem_virus/phantom_14class; or an .npz file",
        )  # fmt: skip
        command.add_argument("--data-dir", type=Path, help="of the prepared data sets")
    for command in (*compared, detect):
        command.add_argument("--repeats", type=options.count, default=5, help="rounds; default 5")
        command.add_argument(
            "--batch", type=options.count, default=1 if command is detect else 32,
            help="default %(default)s",
        )  # fmt: skip
        command.add_argument(
            "--seconds", type=float, default=2 if command is feed else 5,
            help="of one measurement, about; default %(default)s",
        )  # fmt: skip
    feed.add_argument("--images", type=options.count, default=512, help="PNG files; default 512")
    for command in (step, defaults, models):
        command.add_argument("--side", type=int, default=256, help="pixels; default 256")
        command.add_argument("--precision", choices=recipe.PRECISIONS, default="float32")
    for command in (step, defaults):
        command.add_argument("--model", default="custom", help="default custom")
    models.add_argument("--models", nargs="+", default=[], metavar="MODEL", help="default all")
    detect.add_argument(
        "--models", nargs="+", default=["yolov5n", "yolov5s"], metavar="MODEL",
        help="detectors; default yolov5n yolov5s",
    )  # fmt: skip
    detect.add_argument("--side", type=int, default=640, help="pixels; default 640")
    detect.add_argument(
        "--against", type=Path, metavar="PYTHON", help="of an environment with the package yolov5"
    )
    return parser
