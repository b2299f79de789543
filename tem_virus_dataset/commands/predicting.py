"""The sub-commands `predict` and `models`: released models on one's own micrographs."""

import argparse

from tem_virus_dataset.files.arguments import Parser
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


def _predict(args: argparse.Namespace) -> int:
    return start.start(args, models.load)


def _models(args: argparse.Namespace) -> int:
    if args.name:
        print(models.find(args.name).with_suffix(".md").read_text("utf-8").rstrip())
    else:
        print(models.table(models.released()))
    return 0
