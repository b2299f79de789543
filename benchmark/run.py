"""python -m benchmark.run: train registered models, write a record for each, render the tables."""

import argparse
import os
import sys
from pathlib import Path

from benchmark import catalogue, environment, launch, patches, recipes, registry
from benchmark.errors import BenchmarkError
from benchmark.job import Job
from leaderboard import render
from leaderboard.names import BadNameError
from leaderboard.records import RecordError
from tem_virus_dataset import DatasetError

ROOT = Path(__file__).resolve().parent.parent
QUICK_DATA, REAL_DATA = "tem_virus/phantom_14class", "tem_virus/patches_14class"


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns 0, or 1 where something is wrong or a run has failed."""
    args = _parser().parse_args(argv)
    os.environ.update(environment.child_environment())
    try:
        if args.list:
            print(catalogue.text(as_json=args.json))
            return 0
        return _run(args)
    except (BenchmarkError, BadNameError, DatasetError, RecordError, render.RenderError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _run(args: argparse.Namespace) -> int:
    runs = ROOT / "runs" / "quick" if args.quick else ROOT / "runs"
    default = runs / "records" if args.quick else ROOT / "leaderboard" / "records"
    store = (args.records or default).resolve()
    data = args.data or (QUICK_DATA if args.quick else REAL_DATA)
    data_dir = args.data_dir or (runs / "data" if args.quick else None)
    config, version, classes = patches.describe(data)
    failed = 0
    for job in _jobs(args, data, data_dir, store, runs / config.split("/")[1]):
        failed += not launch.launch(job, config, version, classes)
        for page in render.render(store, store.parent):
            print(f"wrote {page}", flush=True)
    print(f"\n{config}: {len(classes)} classes, test split\n")
    print(render.summary(store, config.split("/")[1]))
    return 1 if failed else 0


def _jobs(
    args: argparse.Namespace, data: str, data_dir: Path | None, store: Path, runs: Path
) -> list[Job]:
    weights = dict(_weights(text) for text in args.weights)
    chosen = [registry.model(name) for name in args.models] or list(registry.models().values())
    recipe = "quick" if args.quick else args.recipe
    jobs = []
    for seed in args.seeds:
        for model in chosen:
            for start in model.starts:
                if start not in ((args.start,) if args.start else model.starts):
                    continue
                if args.quick and start != registry.SCRATCH:
                    continue  # a quick run downloads nothing
                label, settings = recipes.recipe(recipe, start, args.set)
                file = weights.get(model.name) if start == registry.TRANSFER else None
                name = f"{model.name}-{start}-{label}-s{seed}"
                jobs.append(
                    Job(
                        data=str(Path(data).resolve()) if data.endswith(".npz") else data,
                        data_dir=str(data_dir.resolve()) if data_dir else None,
                        model=model.name,
                        start=start,
                        weights=file,
                        label=label,
                        recipe=settings,
                        seed=seed,
                        records=str(store),
                        folder=str(runs / name),
                    )
                )
    if not jobs:
        raise BenchmarkError(
            f"no run to do: found no model of {args.models or 'all'} that starts from "
            f"{args.start}; expected one that `python -m benchmark.run --list` shows."
        )
    return jobs


def _weights(text: str) -> tuple[str, str]:
    name, _, file = text.partition("=")
    registry.model(name)
    if not Path(file).is_file():
        raise BenchmarkError(f"--weights {text}: no file {file!r}; expected MODEL=FILE.")
    return name, str(Path(file).resolve())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmark.run", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--all", action="store_true", help="every registered model")
    what.add_argument("--models", nargs="+", default=[], metavar="MODEL", help="these models")
    what.add_argument("--list", action="store_true", help="list the models, train nothing")
    parser.add_argument("--json", action="store_true", help="with --list: machine-readable")
    parser.add_argument(
        "--start", choices=(registry.SCRATCH, registry.TRANSFER), help="only this start"
    )
    parser.add_argument("--data", metavar="CONFIG", help=f"default {REAL_DATA}; or an .npz file")
    parser.add_argument("--data-dir", type=Path, help="of the prepared data sets")
    parser.add_argument("--seeds", nargs="+", type=int, default=[0])
    parser.add_argument("--recipe", choices=recipes.NAMES, default="paper")
    parser.add_argument(
        "--set", nargs="+", default=[], metavar="SETTING=VALUE", help="change the recipe"
    )
    parser.add_argument(
        "--weights", nargs="+", default=[], metavar="MODEL=FILE",
        help="ImageNet weights without top, for a transfer start",
    )  # fmt: skip
    parser.add_argument(
        "--quick", action="store_true", help="phantoms, small patches, few steps, from scratch"
    )
    parser.add_argument("--records", type=Path, help="default leaderboard/records")
    return parser


if __name__ == "__main__":
    sys.exit(main())
