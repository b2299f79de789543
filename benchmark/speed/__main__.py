"""python -m benchmark.speed: speed of this project against common code, measured in turn."""

import argparse
import dataclasses
import sys

from benchmark import tasks
from benchmark.classification import recipes
from benchmark.classification.data import Data
from benchmark.data import address, prepared
from benchmark.errors import BenchmarkError
from benchmark.machine import environment
from benchmark.speed import options
from leaderboard.files.arguments import command
from leaderboard.tasks import CLASSIFICATION
from tem_virus_dataset.errors import DatasetError


@command(options.PROGRAM, BenchmarkError, DatasetError, OSError)
def main(argv: list[str] | None = None) -> int:
    """Run one comparison and print it; returns the exit status."""
    args = options.parser(__doc__).parse_args(argv)
    environment.start()
    print(
        {"build": _build, "detect": _detect, "predict": _predict}.get(args.command, _on_data)(args)
    )
    return 0


def _build(args: argparse.Namespace) -> str:
    from benchmark.speed import build_speed

    return build_speed.report(args.manual_dir, args.limit)


def _detect(args: argparse.Namespace) -> str:
    from benchmark.models import registry
    from benchmark.speed import detect_speed

    models = [registry.model(name) for name in args.models]
    return _with_rounds(
        args,
        detect_speed.report(
            models, args.image_size, args.batch_size, args.against, args.seconds, args.repeats
        ),
    )


def _predict(args: argparse.Namespace) -> str:
    from benchmark.speed import predict_speed

    return _with_rounds(
        args,
        predict_speed.report(
            args.model,
            args.detector,
            args.files,
            args.image_size,
            args.nm_per_pixel,
            args.repeats,
            args.classes,
        ),
    )


def _on_data(args: argparse.Namespace) -> str:
    """Read the data and measure; Keras is imported only now, after its backend was chosen."""
    tasks.describe(args.data, args.data_dir)  # prepares what needs no download
    data = tasks.load(args.data, args.data_dir, CLASSIFICATION)
    return _with_rounds(args, _compared(args, data))


def _with_rounds(args: argparse.Namespace, text: str) -> str:
    from benchmark.speed import interleaved_timing

    return f"{text}\nMedians of {args.repeats} rounds. {interleaved_timing.machine()}"


def _compared(args: argparse.Namespace, data: Data) -> str:
    from benchmark.models import registry
    from benchmark.speed import feed_speed, models_speed, step_speed

    if args.command == "feed":
        is_config = not (address.is_file(args.data) or address.is_folder(args.data))
        folder = prepared.folder(args.data, args.data_dir) if is_config else None
        return feed_speed.report(
            data, folder, args.batch_size, args.images, args.seconds, args.repeats
        )
    _, recipe = recipes.recipe("paper", registry.SCRATCH)
    recipe = dataclasses.replace(
        recipe,
        batch_size=args.batch_size,
        image_size=args.image_size,
        precision=args.precision,
    )
    if args.command == "models":
        chosen = [registry.model(name) for name in args.models] or list(registry.models().values())
        return models_speed.report(data, chosen, recipe, args.seconds, args.repeats)
    against = {
        "step": step_speed.against_constant,
        "defaults": step_speed.against_defaults,
    }[args.command]
    return against(data, registry.model(args.model), recipe, args.seconds, args.repeats)


if __name__ == "__main__":
    sys.exit(main())
