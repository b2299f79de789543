"""python -m tem_virus_dataset prepare | verify | figure | audit CONFIG, or info."""

import argparse
import sys
from pathlib import Path

from tem_virus_dataset import Builder, DatasetError, against_raw, beam, content, facts, figure
from tem_virus_dataset.audit import command as audit_command


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    names = list(Builder.builder_configs)
    parser = argparse.ArgumentParser(prog="python -m tem_virus_dataset", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    prepare_parser = commands.add_parser("prepare", help="read the archive into a TFDS data set")
    verify_parser = commands.add_parser("verify", help="count and hash every example")
    info_parser = commands.add_parser("info", help="list the configs, and which are prepared")
    figure_parser = commands.add_parser("figure", help="draw one example of every class")
    for command in (prepare_parser, verify_parser, figure_parser):
        command.add_argument("config", choices=names, help="one of: %(choices)s", metavar="CONFIG")
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
    prepare_parser.add_argument(
        "--beam",
        nargs="?",
        const="",
        metavar="NAME=VALUE,...",
        help="build under Apache Beam, with these pipeline options; after CONFIG",
    )
    verify_parser.add_argument(
        "--against-raw",
        type=Path,
        metavar="MANUAL_DIR",
        help="compare the ready-made patches of that archive with those cut from RAW instead",
    )
    figure_parser.add_argument("--out", type=Path, required=True, help="the PNG to be written")
    figure_parser.add_argument("--seed", type=int, default=0, help="another shows other examples")
    audit_parser = commands.add_parser("audit", help="find fields that were photographed twice")
    audit_parser.add_argument(
        "config",
        choices=[name for name in names if Builder.builder_configs[name].source],
        help="one of: %(choices)s",
        metavar="CONFIG",
    )
    audit_parser.add_argument("--manual-dir", type=Path, required=True, help="as for prepare")
    audit_parser.add_argument(
        "--out", type=Path, required=True, help="folder for the table and the pictures"
    )
    args = parser.parse_args(argv)
    try:
        if args.command == "info":
            info(args.data_dir)
        elif args.command == "prepare":
            prepare(args.config, args.data_dir, args.manual_dir, args.beam, args.file_format)
        elif args.command == "figure":
            draw(args.config, args.data_dir, args.out, args.seed)
        elif args.command == "audit":
            config = Builder.builder_configs[args.config]
            print(audit_command.audit(config, args.manual_dir, args.out))
        elif args.against_raw:
            print(against_raw.report(list(against_raw.compare(args.against_raw))))
        else:
            verify(args.config, args.data_dir)
    except (DatasetError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def prepare(
    config: str,
    data_dir: Path | None,
    manual_dir: Path | None,
    beam_options: str | None = None,
    file_format: str | None = None,
) -> None:
    """Build one config, once; under Apache Beam where its options are given, be they empty."""
    import tensorflow_datasets as tfds

    beamed = {} if beam_options is None else beam.settings(beam_options)
    builder = Builder(config=config, data_dir=data_dir)
    download = tfds.download.DownloadConfig(manual_dir=manual_dir, **beamed)
    builder.download_and_prepare(download_config=download, file_format=file_format)
    print(f"{builder.info.full_name} is in {builder.data_dir}")


def verify(name: str, data_dir: Path | None) -> None:
    """Read every example; print the counts and the content hash."""
    builder = Builder(config=name, data_dir=data_dir)
    config = builder.builder_config
    digests = {example["id"]: config.digest(example) for example in builder.examples()}
    found = content.count(digests)
    content.check_counts(found, config.expected, str(builder.data_dir), config.estimated)
    _print_counts({n: {s: found.get((s, n), 0) for s in facts.SPLITS} for n in config.classes})
    print(f"content hash {content.content_hash(digests)}")


def draw(name: str, data_dir: Path | None, out: Path, seed: int) -> None:
    """Write a sheet with one example of every class; print their ids."""
    shown = figure.write(Builder(config=name, data_dir=data_dir), out, seed)
    for class_name, example in shown.items():
        print(f"{class_name:14} {example}")
    print(f"the figure is in {out}")


def info(data_dir: Path | None) -> None:
    """Print each config with its counts and whether it is prepared."""
    for config in Builder.BUILDER_CONFIGS:
        builder = Builder(config=config, data_dir=data_dir)
        there = builder.data_dir if builder.data_path.exists() else "not prepared"
        print(f"\n{builder.info.full_name}: {config.description}\n  {there}")
        _print_counts(config.expected)


def _print_counts(rows: facts.Counts) -> None:
    """Print counts; where only a class's total is known, its splits are left open."""
    columns = (*facts.SPLITS, "total")
    print(f"{'':14}" + "".join(f"{column:>12}" for column in columns))
    sums = dict.fromkeys(columns, 0)
    for name, row in rows.items():
        full = {"total": sum(row.values()), **row}
        print(f"{name:14}" + "".join(f"{full.get(column, '?'):>12}" for column in columns))
        sums = {column: sums[column] + full[column] for column in sums.keys() & full.keys()}
    print(f"{'total':14}" + "".join(f"{sums.get(column, '?'):>12}" for column in columns))


if __name__ == "__main__":
    sys.exit(main())
