"""python -m tem_virus_dataset prepare CONFIG | verify CONFIG | info | audit CONFIG."""

import argparse
import sys
from pathlib import Path

from tem_virus_dataset import Builder, DatasetError, content, facts
from tem_virus_dataset.audit import command as audit_command


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    names = list(Builder.builder_configs)
    parser = argparse.ArgumentParser(prog="python -m tem_virus_dataset", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    prepare_parser = commands.add_parser("prepare", help="read the archive into a TFDS data set")
    verify_parser = commands.add_parser("verify", help="count and hash every example")
    info_parser = commands.add_parser("info", help="list the configs, and which are prepared")
    for command in (prepare_parser, verify_parser):
        command.add_argument("config", choices=names, help="one of: %(choices)s", metavar="CONFIG")
    for command in (prepare_parser, verify_parser, info_parser):
        command.add_argument("--data-dir", type=Path, help="default: ~/tensorflow_datasets")
    prepare_parser.add_argument(
        "--manual-dir",
        type=Path,
        help="folder with the archive (default: DATA_DIR/downloads/manual)",
    )
    audit_parser = commands.add_parser("audit", help="find fields that were photographed twice")
    audit_parser.add_argument(
        "config", choices=audit_command.SOURCES, help="one of: %(choices)s", metavar="CONFIG"
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
            prepare(args.config, args.data_dir, args.manual_dir)
        elif args.command == "audit":
            print(audit_command.audit(args.config, args.manual_dir, args.out))
        else:
            verify(args.config, args.data_dir)
    except (DatasetError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def prepare(config: str, data_dir: Path | None, manual_dir: Path | None) -> None:
    """Build one config, once."""
    import tensorflow_datasets as tfds

    builder = Builder(config=config, data_dir=data_dir)
    download = tfds.download.DownloadConfig(manual_dir=manual_dir)
    builder.download_and_prepare(download_config=download)
    print(f"{builder.info.full_name} is in {builder.data_dir}")


def verify(config: str, data_dir: Path | None) -> None:
    """Read every example; print the counts and the content hash."""
    builder = Builder(config=config, data_dir=data_dir)
    digests = {}
    for example in builder.examples():
        digests[example["id"]] = content.example_digest(example["label"], example["image"])
    found = content.count(digests)
    content.check_counts(found, builder.builder_config.expected, str(builder.data_dir))
    _print_counts({n: [found[s, n] for s in facts.SPLITS] for n in builder.builder_config.classes})
    print(f"content hash {content.content_hash(digests)}")


def info(data_dir: Path | None) -> None:
    """Print each config with its counts and whether it is prepared."""
    for config in Builder.BUILDER_CONFIGS:
        builder = Builder(config=config, data_dir=data_dir)
        there = builder.data_dir if builder.data_path.exists() else "not prepared"
        print(f"\n{builder.info.full_name}: {config.description}\n  {there}")
        _print_counts({n: [row[s] for s in facts.SPLITS] for n, row in config.expected.items()})


def _print_counts(rows: dict[str, list[int]]) -> None:
    rows = {**rows, "total": [sum(column) for column in zip(*rows.values(), strict=True)]}
    print(f"{'':14}" + "".join(f"{split:>12}" for split in facts.SPLITS))
    for name, numbers in rows.items():
        print(f"{name:14}" + "".join(f"{number:12}" for number in numbers))


if __name__ == "__main__":
    sys.exit(main())
