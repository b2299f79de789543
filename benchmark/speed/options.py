"""The options of `python -m benchmark.speed`."""

import argparse

from benchmark.data.options import add_data_dir
from benchmark.training import recipe
from leaderboard.files import subcommands
from leaderboard.files.arguments import count, path
from tem_virus_dataset import facts
from tem_virus_dataset.formats.typed_pixel_size import nm_per_pixel
from tem_virus_dataset.predict import models as released

PROGRAM = "python -m benchmark.speed"
HELP = {
    "build": "build the patches from RAW and from published patches, against common code",
    "feed": "our feed against a Python loop, Keras's functions, and tf.data from TFRecord",
    "step": "a training step with our feed against one on a constant batch",
    "defaults": "our training step against Keras's defaults on float images",
    "models": "training speed of every model, and its share of the device's peak",
    "detect": "inference of detectors against the package yolov5 in an environment of its own",
    "predict": "tem-virus predict: its stages, the networks alone, other runtimes, memory",
}
EXAMPLES = {
    "build": ("--manual-dir ~/downloads --limit 1",),
    "feed": ("--batch-size 32", "--data tem_virus/mirror_11class --repeats 7"),
    "step": ("--model plain_cnn --image-size 128",),
    "defaults": ("--model custom --image-size 128 --batch-size 8",),
    "models": ("--models plain_cnn d4_cnn --image-size 128",),
    "detect": ("--models yolov5n", "--models yolov5s --against ~/yolov5env/bin/python"),
    "predict": (
        "--files 12",
        '--classes Adenovirus "Rift Valley"',
        "--model exosome-detector --nm-per-pixel 1",
    ),
}


def parser(description: str | None) -> argparse.ArgumentParser:
    """Return the command's parser."""
    parser, commands = subcommands.parser_of(
        PROGRAM, description, HELP, EXAMPLES, ("feed", "models", "detect")
    )
    build, feed, step, defaults, models, detect, predict = commands.values()
    build.add_argument(
        "--manual-dir", type=path, required=True, metavar="FOLDER",
        help="folder with the downloaded archive",
    )  # fmt: skip
    build.add_argument("--limit", type=count, metavar="N", help="only N micrographs of each class")
    compared = (feed, step, defaults, models)
    for command in compared:
        command.add_argument(
            "--data", metavar="CONFIG", default="tem_virus/phantom_14class",
            help="prepared config, or an .npz file (default %(default)s)",
        )  # fmt: skip
        add_data_dir(command)
    for command in (*compared, detect, predict):
        command.add_argument(
            "--repeats", type=count, default=5, metavar="N",
            help="rounds in which all variants are measured in turn (default %(default)s)",
        )  # fmt: skip
    for command in (*compared, detect):
        command.add_argument(
            "--batch-size", type=count, default=1 if command is detect else 32, metavar="N",
            help="images in a batch (default %(default)s)",
        )  # fmt: skip
        command.add_argument(
            "--seconds", type=float, default=2 if command is feed else 5, metavar="S",
            help="seconds of one measurement, about (default %(default)s)",
        )  # fmt: skip
    feed.add_argument(
        "--images", type=count, default=512, metavar="N",
        help="PNG files that are written and read (default %(default)s)",
    )  # fmt: skip
    for command in (step, defaults, models, detect):
        command.add_argument(
            "--image-size", type=count, default=640 if command is detect else 256, metavar="PIXELS",
            help="side of the images (default %(default)s)",
        )  # fmt: skip
    for command in (step, defaults, models):
        command.add_argument(
            "--precision", choices=recipe.PRECISIONS, default="float32",
            help="of the arithmetic (default %(default)s)",
        )  # fmt: skip
    for command in (step, defaults):
        command.add_argument(
            "--model", default="custom", help="registered model (default %(default)s)"
        )
    models.add_argument(
        "--models", nargs="+", default=[], metavar="MODEL", help="registered models (default: all)"
    )
    detect.add_argument(
        "--models", nargs="+", default=["yolov5n", "yolov5s"], metavar="MODEL",
        help="detectors (default yolov5n yolov5s)",
    )  # fmt: skip
    detect.add_argument(
        "--against", type=path, metavar="PYTHON",
        help="Python of an environment with the package yolov5",
    )  # fmt: skip
    _add_predict(predict)
    return parser


def _add_predict(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--model", default=released.DEFAULT, metavar="NAME",
        help="a released model (default %(default)s)",
    )  # fmt: skip
    command.add_argument("--detector", metavar="NAME", help="as of tem-virus predict")
    command.add_argument(
        "--files", type=count, default=12, metavar="N", help="micrographs (default %(default)s)"
    )
    command.add_argument(
        "--image-size", type=count, default=2048, metavar="PIXELS",
        help="side of the micrographs (default %(default)s)",
    )  # fmt: skip
    command.add_argument(
        "--nm-per-pixel", type=nm_per_pixel, default=0.5, metavar="X",
        help="of the micrographs (default %(default)s)",
    )  # fmt: skip
    command.add_argument(
        "--classes", nargs="+", choices=facts.CLASSES_14, default=list(facts.CLASSES_14),
        metavar="CLASS",
        help="that the micrographs show: a field of small viruses holds more particles "
        "(default: all 14)",
    )  # fmt: skip
