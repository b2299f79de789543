"""python -m benchmark.run: train registered models, write a record for each, render the tables."""

import argparse
import itertools
import os
import sys
from pathlib import Path
from typing import Any

from benchmark import catalogue, environment, launch, reading, recipes, registry
from benchmark.errors import BenchmarkError
from benchmark.job import Job
from leaderboard import records, render
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
        print("interrupted; the same command continues after the last whole epoch", file=sys.stderr)
        return 130
    except (
        BenchmarkError,
        BadNameError,
        DatasetError,
        RecordError,
        render.RenderError,
        OSError,
    ) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _run(args: argparse.Namespace) -> int:
    runs = (args.runs or ROOT / "runs" / ("quick" if args.quick else "")).resolve()
    store = (args.records or (runs / "records" if args.quick else RECORDS)).resolve()
    data = args.data or (QUICK_DATA if args.quick else REAL_DATA)
    data_dir = args.data_dir or (runs / "data" if args.quick else None)
    plans = _plans(args)
    config, version, classes = reading.describe(data, data_dir)
    jobs = [
        Job(
            data=str(Path(data).resolve()) if data.endswith(".npz") else data,
            data_dir=str(data_dir.resolve()) if data_dir else None,
            config=config.split("/")[1],
            version=version,
            records=str(store),
            runs=str(runs),
            note=args.note,
            **plan,
        )
        for plan in plans
    ]
    for job in jobs:  # what is wrong with a name or a record is known before hours of training
        launch.failure(job, config, classes, "not begun")
        launch.is_finished(job)
    done = [_done(job, config, classes, store) for job in jobs]
    print(f"\n{config}: {len(classes)} classes, test split\n")
    print(render.summary(store, config.split("/")[1]))
    if args.quick:
        print(
            "\nA few steps on small patches: it works. These scores say nothing about the models."
        )
    return 0 if all(done) else 1


def _done(job: Job, config: str, classes: tuple[str, ...], store: Path) -> bool:
    """Do one run, and render the tables; say whether it is finished."""
    if launch.is_finished(job):
        print(f"{job.name}: finished before, see {job.record}", flush=True)
    else:
        print(f"{job.name}: running", flush=True)
        try:
            reason = launch.launch(job)
        except BenchmarkError as error:
            print(f"{job.name}: skipped, {error}", file=sys.stderr, flush=True)
            return False
        if reason:
            file = records.write(store, launch.failure(job, config, classes, reason))
            print(f"{job.name}: failed, see {file}\n  {reason}", file=sys.stderr, flush=True)
    pages = (LEADERBOARD, ROOT / "README.md") if store == RECORDS else (store, None)
    for page in render.render(store, pages[0], front=pages[1]):
        print(f"wrote {page}", flush=True)
    return job.record.exists()


def _plans(args: argparse.Namespace) -> list[dict[str, Any]]:
    """Choose model, start, weights, recipe and seed of every run."""
    weights = dict(_weights(text) for text in args.weights)
    chosen = [registry.model(name) for name in args.models] or list(registry.models().values())
    if args.quick and (args.recipe or args.start == registry.TRANSFER or weights):
        raise BenchmarkError(
            "--quick: found --recipe, --start transfer or --weights beside it; expected none: a "
            "quick run trains from scratch with the recipe of its own. Leave one of them out."
        )
    starts = [registry.SCRATCH] if args.quick else [args.start] if args.start else registry.STARTS
    chosen_recipe = "quick" if args.quick else args.recipe or "paper"
    plans = []
    for seed, model in itertools.product(args.seeds, chosen):
        for start in (start for start in model.starts if start in starts):
            label, recipe = recipes.recipe(chosen_recipe, start, args.set)
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
    parser.add_argument("--recipe", choices=recipes.NAMES, help="default paper")
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
