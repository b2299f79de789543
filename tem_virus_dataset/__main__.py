"""python -m tem_virus_dataset prepare | verify | figure | audit CONFIG, or info."""

import argparse
import sys
from pathlib import Path
from typing import Any

from tem_virus_dataset import DatasetError, builders
from tem_virus_dataset.commands import actions, audit
from tem_virus_dataset.sources import against_raw


def parser() -> argparse.ArgumentParser:
    """Return what understands the command line."""
    names = builders.names()
    listed: dict[str, Any] = {"help": "one of: %(choices)s", "metavar": "CONFIG"}
    parser = argparse.ArgumentParser(prog="python -m tem_virus_dataset", description=__doc__)
    kinds = parser.add_subparsers(dest="command", required=True)
    prepare_parser = kinds.add_parser("prepare", help="read the archive into a TFDS data set")
    verify_parser = kinds.add_parser("verify", help="count and hash every example")
    info_parser = kinds.add_parser("info", help="list the configs, and which are prepared")
    figure_parser = kinds.add_parser("figure", help="draw one example of every class or set")
    for command in (prepare_parser, verify_parser, figure_parser):
        command.add_argument("config", type=_config, choices=names, **listed)
    for command in (prepare_parser, verify_parser, info_parser, figure_parser):
        command.add_argument("--data-dir", type=Path, help="default: ~/tensorflow_datasets")
    prepare_parser.add_argument(
        "--manual-dir",
        type=Path,
        help="folder with the archive (default: DATA_DIR/downloads/manual)",
    )
    prepare_parser.add_argument(
        "--file-format",
        choices=["tfrecord", "array_record"],
        help="tfrecord, the default, is for tfds.load; array_record for tfds.data_source",
    )
    prepare_parser.add_argument("--beam", action="store_true", help="build under Apache Beam")
    prepare_parser.add_argument(
        "--beam-options", default="", metavar="NAME=VALUE,...", help="of its pipeline"
    )
    verify_parser.add_argument(
        "--against-raw",
        type=Path,
        metavar="MANUAL_DIR",
        help="compare the ready-made patches of that archive with those cut from RAW instead",
    )
    figure_parser.add_argument("--out", type=Path, required=True, help="the PNG to be written")
    figure_parser.add_argument("--seed", type=int, default=0, help="another shows other examples")
    audit_parser = kinds.add_parser("audit", help="find fields that were photographed twice")
    audit_parser.add_argument(
        "config",
        type=_config,
        choices=[name for name in names if builders.config(name).source],
        **listed,
    )
    audit_parser.add_argument("--manual-dir", type=Path, required=True, help="as for prepare")
    audit_parser.add_argument(
        "--out", type=Path, required=True, help="folder for the table and the pictures"
    )
    return parser


def _config(text: str) -> str:
    """Take a config's name also as `tfds.load` takes it."""
    return text.removeprefix("tem_virus/")


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    args = parser().parse_args(argv)
    try:
        if args.command == "info":
            actions.info(args.data_dir)
        elif args.command == "prepare":
            options = args.beam_options if args.beam or args.beam_options else None
            actions.prepare(args.config, args.data_dir, args.manual_dir, options, args.file_format)
        elif args.command == "figure":
            actions.draw(args.config, args.data_dir, args.out, args.seed)
        elif args.command == "audit":
            config = builders.config(args.config)
            print(audit.audit(config, args.manual_dir, args.out))
        elif args.against_raw:
            if args.config != against_raw.CONFIG:
                parser().error(f"--against-raw is for {against_raw.CONFIG} alone")
            print(against_raw.report(list(against_raw.compare(args.against_raw))))
        else:
            actions.verify(args.config, args.data_dir)
    except KeyboardInterrupt:
        print("interrupted; nothing half made is left. Run the same command again", file=sys.stderr)
        return 130
    except (DatasetError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
