"""The sub-command `correct`: predictions laid out to be corrected by hand, and to train on."""

import argparse

from tem_virus_dataset.files.arguments import Parser, output_folder, path

PROGRAM = "tem-virus"


def add_correct(commands: "argparse._SubParsersAction[Parser]") -> None:
    """Add `correct`."""
    command = commands.add_parser(
        "correct",
        help="lay predictions out to correct them, and to train on them",
        description="Write the predicted micrographs as PNG and their boxes as YOLO labels, "
        "divided into train, validation and test, for an annotation program and a training.",
        examples=[
            f"{PROGRAM} correct predictions corrected",
            f"{PROGRAM} correct predictions corrected --add",
        ],
    )
    command.add_argument(
        "predictions", type=path, metavar="PREDICTIONS", help="folder that `predict` wrote"
    )
    command.add_argument("folder", type=output_folder, metavar="FOLDER", help="new folder")
    command.add_argument(
        "--add",
        action="store_true",
        help="lay out in an earlier folder the micrographs that it lacks; all others keep their "
        "splits and corrections",
    )
    command.set_defaults(run=_correct)


def _correct(args: argparse.Namespace) -> int:
    from tem_virus_dataset.predict import start

    start.check_packages()
    from tem_virus_dataset.commands import writable
    from tem_virus_dataset.corrections import adding, folder

    writable.try_folder(args.folder, "FOLDER")
    lay_out = adding.add if args.add else folder.write
    print(f"{lay_out(args.predictions, args.folder)}; see {args.folder}")
    return 0
