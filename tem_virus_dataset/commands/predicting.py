"""The sub-commands `predict`, `models` and `export`: released models, and what uses them."""

import argparse
from pathlib import Path

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files.arguments import Parser, path
from tem_virus_dataset.predict import models, options, start

PROGRAM = "tem-virus"


def add_predict(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add `predict`."""
    command = commands.add_parser(
        "predict",
        help="detect and classify the particles of micrographs",
        description="Detect the particles of micrographs, name their class and measure them.",
        examples=[
            f"{PROGRAM} predict ~/micrographs --nm-per-pixel 0.5",
            f"{PROGRAM} predict ~/micrographs --model exosome-detector --out exosomes",
            f"{PROGRAM} predict a.tif --model virus-classifier --points particles.csv",
        ],
    )
    options.add(
        command, str, "NAME", models.DEFAULT,
        f"a released model, or a network's file (.onnx); one of {', '.join(models.names())} "
        "(default %(default)s)",
    )  # fmt: skip
    command.set_defaults(run=_predict)


def add_models(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add `models`."""
    command = commands.add_parser(
        "models",
        help="list the released models, or show the model card of one",
        description="List the released models with scores, classes, size and licence.",
        examples=[f"{PROGRAM} models", f"{PROGRAM} models virus-detector"],
    )
    command.add_argument(
        "name", nargs="?", choices=models.names(), metavar="NAME", help="show its model card"
    )
    command.set_defaults(run=_models)


def add_export(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add `export`."""
    command = commands.add_parser(
        "export",
        help="write a classifier in a form that other programs take",
        description="Write a classifier as a package of bioimage.io, checked by its validator.",
        examples=[
            f"{PROGRAM} export --bioimageio",
            f"{PROGRAM} export mine.onnx --bioimageio --out mine.zip",
        ],
    )
    command.add_argument(
        "model", nargs="?", default=models.CLASSIFIER, metavar="NAME",
        help="a released classifier, or a network's file (.onnx) (default %(default)s)",
    )  # fmt: skip
    command.add_argument(
        "--bioimageio", action="store_true", required=True, help="as a package of bioimage.io"
    )
    command.add_argument(
        "--out", type=path, metavar="FILE", help="zip to write (default: the model's name)"
    )
    command.set_defaults(run=_export)


def _export(args: argparse.Namespace) -> int:
    from tem_virus_dataset.bioimageio import package

    file = models.find(args.model)
    if file.suffix != models.SUFFIX:
        raise DatasetError(
            f"{args.model}: consists of two networks; expected one, a classifier. Name another, "
            f"such as {models.CLASSIFIER}."
        )
    out = args.out or Path(f"{file.stem}.zip")
    package.write(file, out)
    print(f"{out}: {out.stat().st_size / 1e6:.1f} MB, valid for bioimage.io")
    return 0


def _predict(args: argparse.Namespace) -> int:
    return start.start(args, models.load)


def _models(args: argparse.Namespace) -> int:
    if args.name:
        print(models.card(models.find(args.name)).rstrip())
    else:
        print(models.table(models.released()))
    return 0
