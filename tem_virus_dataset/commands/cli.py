"""The command line `tem-virus`, which is also `python -m tem_virus_dataset`.

Every sub-command is a function here that imports what it needs when it is called: help, version
and mistyped arguments are answered without TensorFlow.
"""

import argparse
import importlib.util
from collections.abc import Sequence
from pathlib import Path

from tem_virus_dataset import __version__
from tem_virus_dataset.commands import app, correcting, corrupting, predicting
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.files import quiet
from tem_virus_dataset.files.arguments import (
    Parser,
    command,
    did_you_mean,
    output_folder,
    path,
    seed,
)

PROGRAM = "tem-virus"
CONFIG_HELP = "a config, with or without its data set: `tem-virus info` lists them all"


def parser() -> Parser:
    """Return the parser of the command and all its sub-commands."""
    top = Parser(
        prog=PROGRAM,
        description="Data sets of viruses in electron micrographs, and trained models for yours.",
        examples=[
            f"{PROGRAM} doctor",
            f"{PROGRAM} prepare phantom_14class",
            f"{PROGRAM} prepare patches_14class --manual-dir ~/Downloads",
            f"{PROGRAM} info",
        ],
    )
    top.add_argument("--version", action="version", version=f"{PROGRAM} {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_prepare(commands)
    _add_verify(commands)
    _add_info(commands)
    _add_figure(commands)
    _add_audit(commands)
    _add_doctor(commands)
    predicting.add_predict(commands)
    predicting.add_models(commands)
    correcting.add_correct(commands)
    corrupting.add_corrupt(commands)
    app.add_app(commands)
    predicting.add_export(commands)
    return top


@command(
    PROGRAM,
    DatasetError,
    OSError,
    interrupted="interrupted; nothing is left half written. Run the same command again",
)
def main(arguments: Sequence[str] | None = None) -> int:
    """Run one sub-command.

    Returns:
      The exit status: 0, 1 where something failed, 130 where it was interrupted. Mistyped arguments
      end the process with 2.
    """
    quiet.tensorflow()
    args = parser().parse_args(arguments)
    if not importlib.util.find_spec("tensorflow_datasets"):
        raise DatasetError(
            "tensorflow-datasets is not installed, which all data sets need. Install it with "
            "pip install tensorflow-datasets."
        )
    return int(args.run(args))


def _add_prepare(commands: "argparse._SubParsersAction[Parser]") -> None:
    command = commands.add_parser(
        "prepare",
        help="read an archive into a TFDS data set",
        description="Read an archive into a TFDS data set. The archive is checked first.",
        examples=[
            f"{PROGRAM} prepare phantom_14class",
            f"{PROGRAM} prepare patches_14class --manual-dir ~/Downloads",
            f"{PROGRAM} prepare tem_exosome/phantom --file-format array_record",
        ],
    )
    command.add_argument("config", metavar="CONFIG", help=CONFIG_HELP)
    _add_data_dir(command)
    command.add_argument(
        "--manual-dir", type=path, metavar="FOLDER",
        help="folder that holds the downloaded archive (default: DATA_DIR/downloads/manual)",
    )  # fmt: skip
    command.add_argument(
        "--file-format",
        choices=["tfrecord", "array_record"],
        help="tfrecord for tfds.load (needs TensorFlow), array_record for tfds.data_source "
        "(default: tfrecord, or array_record where TensorFlow is not installed)",
    )
    command.add_argument(
        "--rebuild", action="store_true",
        help="prepare again what is prepared; the old data stay until the new are complete",
    )  # fmt: skip
    command.add_argument("--beam", action="store_true", help="build under Apache Beam")
    command.add_argument(
        "--beam-options", default="", metavar="NAME=VALUE,...", help="options of Beam's pipeline"
    )
    command.set_defaults(run=_prepare)


def _add_verify(commands: "argparse._SubParsersAction[Parser]") -> None:
    command = commands.add_parser(
        "verify",
        help="count and hash every example",
        description="Read every prepared example; print counts, content hash and leaking examples.",
        examples=[
            f"{PROGRAM} verify patches_14class",
            f"{PROGRAM} verify patches_14class --against-raw ~/Downloads",
        ],
    )
    command.add_argument("config", metavar="CONFIG", help=CONFIG_HELP)
    _add_data_dir(command)
    command.add_argument(
        "--against-raw", type=path, metavar="MANUAL_DIR",
        help="instead, compare the published patches in this folder with those cut from RAW",
    )  # fmt: skip
    command.set_defaults(run=_verify)


def _add_info(commands: "argparse._SubParsersAction[Parser]") -> None:
    command = commands.add_parser(
        "info",
        help="list the configs, and which are prepared",
        description="List every config with its counts, and where it is prepared.",
        examples=[f"{PROGRAM} info", f"{PROGRAM} info --data-dir /data/tfds"],
    )
    _add_data_dir(command)
    command.set_defaults(run=_info)


def _add_figure(commands: "argparse._SubParsersAction[Parser]") -> None:
    command = commands.add_parser(
        "figure",
        help="draw one example of every class",
        description="Draw a contact sheet with one example of every class, with scale bars.",
        examples=[f"{PROGRAM} figure phantom_14class --out sheet.png"],
    )
    command.add_argument("config", metavar="CONFIG", help=CONFIG_HELP)
    _add_data_dir(command)
    command.add_argument("--out", type=path, required=True, metavar="FILE", help="PNG to write")
    command.add_argument("--seed", type=seed, default=0, help="another seed draws other examples")
    command.set_defaults(run=_figure)


def _add_audit(commands: "argparse._SubParsersAction[Parser]") -> None:
    command = commands.add_parser(
        "audit",
        help="search for fields that were photographed twice",
        description="Search an archive for fields of view that were photographed twice.",
        examples=[
            f"{PROGRAM} audit mirror_11class --manual-dir ~/Downloads --out audit",
            f"{PROGRAM} audit mirror_11class --manual-dir ~/Downloads --out audit --recall",
        ],
    )
    command.add_argument("config", metavar="CONFIG", help=CONFIG_HELP)
    command.add_argument(
        "--manual-dir", type=path, required=True, metavar="FOLDER", help="as for prepare"
    )
    command.add_argument(
        "--out", type=output_folder, required=True, metavar="FOLDER",
        help="folder for the table of pairs and their images",
    )  # fmt: skip
    command.add_argument(
        "--recall", action="store_true",
        help="instead, measure how many pairs are found that are made of single micrographs",
    )  # fmt: skip
    command.set_defaults(run=_audit)


def _add_doctor(commands: "argparse._SubParsersAction[Parser]") -> None:
    command = commands.add_parser(
        "doctor",
        help="show versions, device, data and models, and what is missing",
        description="Show versions, device, prepared data and trained models, and what is missing.",
        examples=[f"{PROGRAM} doctor", f"{PROGRAM} doctor --json"],
    )
    _add_data_dir(command)
    command.add_argument("--json", action="store_true", help="print JSON for other programs")
    command.set_defaults(run=_doctor)


def _add_data_dir(command: Parser) -> None:
    command.add_argument(
        "--data-dir", type=path, metavar="FOLDER",
        help="folder of the prepared data sets (default: ~/tensorflow_datasets)",
    )  # fmt: skip


def _config(text: str, needs_archive: bool = False) -> str:
    """Return the config's name; exits with status 2 where there is none of that name."""
    from tem_virus_dataset import builders

    known = [name for name in builders.names() if not needs_archive or builders.config(name).source]
    name = builders.full_name(text)
    if name in builders.names() and name not in known:
        raise DatasetError(
            f"{text}: its micrographs are generated, so that no field is photographed twice; "
            f"expected a config with an archive. Name one of {', '.join(known)}."
        )
    if name not in known:
        guess = did_you_mean(name, known)
        parser().error(f"unknown config {text!r}{guess}; one of {', '.join(known)}")
    return name


def _prepare(args: argparse.Namespace) -> int:
    from tem_virus_dataset.commands import actions

    options = args.beam_options if args.beam or args.beam_options else None
    config = _config(args.config)
    actions.prepare(config, args.data_dir, args.manual_dir, options, args.file_format, args.rebuild)
    return 0


def _verify(args: argparse.Namespace) -> int:
    config = _config(args.config)
    if not args.against_raw:
        from tem_virus_dataset.commands import actions

        actions.verify(config, args.data_dir)
        return 0
    from tem_virus_dataset.sources import against_raw

    if config != against_raw.CONFIG:
        parser().error(f"--against-raw is for {against_raw.CONFIG} alone")
    print(against_raw.report(list(against_raw.compare(args.against_raw))))
    return 0


def _info(args: argparse.Namespace) -> int:
    from tem_virus_dataset.commands import actions

    actions.info(args.data_dir)
    return 0


def _figure(args: argparse.Namespace) -> int:
    from tem_virus_dataset.commands import actions, writable

    writable.try_folder(args.out.parent, "--out")
    actions.draw(_config(args.config), args.data_dir, args.out, args.seed)
    return 0


def _audit(args: argparse.Namespace) -> int:
    from tem_virus_dataset import builders
    from tem_virus_dataset.commands import audit, writable

    config = builders.config(_config(args.config, needs_archive=True))
    writable.try_folder(args.out, "--out")
    action = audit.measure if args.recall else audit.audit
    print(action(config, args.manual_dir, args.out))
    return 0


def _doctor(args: argparse.Namespace) -> int:
    from tem_virus_dataset.commands import doctor

    report = doctor.examine(args.data_dir, Path.cwd())
    print(doctor.as_json(report) if args.json else doctor.as_text(report))
    return 1 if report.broken else 0
