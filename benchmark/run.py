"""python -m benchmark.run: train registered models, write a record for each, render the tables."""

import argparse
import itertools
import os
import sys
from pathlib import Path
from typing import Any

from benchmark import catalogue, environment, launch, patches, recipes, registry
from benchmark.errors import BenchmarkError
from benchmark.job import Job
from leaderboard import render
from leaderboard.names import BadNameError
from leaderboard.records import RecordError
from tem_virus_dataset.errors import DatasetError

ROOT = Path(__file__).resolve().parent.parent
LEADERBOARD = ROOT / "leaderboard"
RECORDS = LEADERBOARD / "records"
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
    except KeyboardInterrupt:
        print("interrupted; the same command continues where this one stopped", file=sys.stderr)
        return 130
    except (BenchmarkError, BadNameError, DatasetError, RecordError, render.RenderError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _run(args: argparse.Namespace) -> int:
    runs = (args.runs or ROOT / "runs" / ("quick" if args.quick else "")).resolve()
    store = (args.records or (runs / "records" if args.quick else RECORDS)).resolve()
    data = args.data or (QUICK_DATA if args.quick else REAL_DATA)
    data_dir = args.data_dir or (runs / "data" if args.quick else None)
    plans = _plans(args)
    config, version, classes = patches.describe(data, data_dir)
    name, failed = config.split("/")[1], 0
    for plan in plans:
        job = Job(
            data=str(Path(data).resolve()) if data.endswith(".npz") else data,
            data_dir=str(data_dir.resolve()) if data_dir else None,
            records=str(store),
            runs=str(runs / name),
            note=args.note,
            **plan,
        )
        failed += not launch.launch(job, config, version, classes)
        for page in render.render(store, LEADERBOARD if store == RECORDS else store):
            print(f"wrote {page}", flush=True)
    print(f"\n{config}: {len(classes)} classes, test split\n")
    print(render.summary(store, name))
    return 1 if failed else 0


def _plans(args: argparse.Namespace) -> list[dict[str, Any]]:
    """Choose model, start, weights, recipe and seed of every run."""
    weights = dict(_weights(text) for text in args.weights)
    chosen = [registry.model(name) for name in args.models] or list(registry.models().values())
    starts = [registry.SCRATCH] if args.quick else [args.start] if args.start else registry.STARTS
    plans = []
    for seed, model in itertools.product(args.seeds, chosen):
        for start in (start for start in model.starts if start in starts):
            label, recipe = recipes.recipe("quick" if args.quick else args.recipe, start, args.set)
            file = weights.get(model.name) if start == registry.TRANSFER else None
            plans.append(
                {
                    "model": model.name,
                    "start": start,
                    "weights": file,
                    "label": label,
                    "recipe": recipe,
                    "seed": seed,
                }
            )
    if not plans:
        raise BenchmarkError(
            f"no run to do: {', '.join(args.models)} cannot start from {', '.join(starts)}; "
            "expected a start that `python -m benchmark.run --list` shows."
        )
    return plans


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
        "--start", choices=registry.STARTS, help="only this start (with --quick: scratch)"
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
    parser.add_argument(
        "--records", type=Path, help="default leaderboard/records; elsewhere tables lie inside it"
    )
    parser.add_argument("--note", default="", help="stands in the record and below the table")
    parser.add_argument("--runs", type=Path, help="checkpoints of the runs; default runs")
    return parser


if __name__ == "__main__":
    sys.exit(main())
