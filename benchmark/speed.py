"""python -m benchmark.speed: how long things take, as ratios measured side by side."""

import argparse
import dataclasses
import os
import sys
from pathlib import Path

from benchmark import environment, options, reading, recipes
from benchmark.errors import BenchmarkError
from benchmark.patches import Data
from tem_virus_dataset.errors import DatasetError

HELP = {
    "build": "building the patches, from RAW and from ready-made files, against the common way",
    "feed": "our feed against a Python loop, Keras's own functions, and tf.data from TFRecord",
    "step": "a training step with our feed against one on a batch that never changes",
    "defaults": "our training step against Keras's defaults on float images",
    "models": "training speed of every model, and its share of the device's peak",
}


def main(argv: list[str] | None = None) -> int:
    """Run one comparison and print it; returns the exit status."""
    args = _parser().parse_args(argv)
    os.environ.update(environment.child_environment())
    try:
        print(_build(args) if args.command == "build" else _measured(args))
    except (BenchmarkError, DatasetError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _build(args: argparse.Namespace) -> str:
    from benchmark import build_speed

    return build_speed.report(args.manual_dir, args.limit)


def _measured(args: argparse.Namespace) -> str:
    """Read the data and measure; what needs Keras is imported now, its backend being chosen."""
    reading.describe(args.data, args.data_dir)  # prepares what needs no download
    text = _compared(args, reading.load(args.data, args.data_dir))
    from benchmark import side_by_side

    return f"{text}\nMedians of {args.repeats} rounds. {side_by_side.machine()}"


def _compared(args: argparse.Namespace, data: Data) -> str:
    from benchmark import feed_speed, models_speed, registry, step_speed

    if args.command == "feed":
        has_records = args.data.startswith("tem_virus/")
        prepared = reading.prepared(args.data, args.data_dir) if has_records else None
        return feed_speed.report(
            data, prepared, args.batch, args.images, args.seconds, args.repeats
        )
    _, recipe = recipes.recipe("paper", registry.SCRATCH)
    changes = {"batch": args.batch, "side": args.side, "precision": args.precision}
    recipe = dataclasses.replace(recipe, **changes)
    if args.command == "models":
        chosen = [registry.model(name) for name in args.models] or list(registry.models().values())
        return models_speed.report(data, chosen, recipe, args.seconds, args.repeats)
    against = {
        "step": step_speed.against_constant,
        "defaults": step_speed.against_defaults,
    }[args.command]
    return against(data, registry.model(args.model), recipe, args.seconds, args.repeats)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmark.speed", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    build, feed, step, defaults, models = (
        commands.add_parser(name, help=text, description=text) for name, text in HELP.items()
    )
    build.add_argument("--manual-dir", type=Path, required=True, help="folder with the archive")
    build.add_argument("--limit", type=int, metavar="N", help="only N micrographs of each class")
    for command in (feed, step, defaults, models):
        command.add_argument(
            "--data", metavar="CONFIG", default="tem_virus/phantom_14class",
            help="default tem_virus/phantom_14class; or an .npz file",
        )  # fmt: skip
        command.add_argument("--data-dir", type=Path, help="of the prepared data sets")
        command.add_argument("--repeats", type=options.count, default=5, help="rounds; default 5")
        command.add_argument("--batch", type=options.count, default=32, help="default 32")
        command.add_argument(
            "--seconds", type=float, default=2 if command is feed else 5,
            help="of one measurement, about; default %(default)s",
        )  # fmt: skip
    feed.add_argument("--images", type=options.count, default=512, help="PNG files; default 512")
    for command in (step, defaults, models):
        command.add_argument("--side", type=int, default=256, help="pixels; default 256")
        command.add_argument("--precision", choices=recipes.PRECISIONS, default="float32")
    for command in (step, defaults):
        command.add_argument("--model", default="custom", help="default custom")
    models.add_argument("--models", nargs="+", default=[], metavar="MODEL", help="default all")
    return parser


if __name__ == "__main__":
    sys.exit(main())
