"""python -m benchmark.run: train registered models, write a record for each, render the tables."""

import argparse
import os
import sys
from pathlib import Path

from benchmark import (
    catalogue,
    environment,
    folder,
    launch,
    plans,
    reading,
    recipes,
    registry,
    table2,
)
from benchmark.errors import BenchmarkError
from benchmark.job import Job
from benchmark.patches import About
from leaderboard import records, render
from leaderboard.names import BadNameError
from leaderboard.records import RecordError
from tem_virus_dataset.errors import DatasetError

ROOT = Path(__file__).resolve().parent.parent
LEADERBOARD = ROOT / "leaderboard"
RECORDS = LEADERBOARD / "records"
QUICK_DATA = "tem_virus/phantom_14class"


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
    data_dir = args.data_dir or (runs / "data" if args.quick else None)
    planned = _plans(args)
    about = {d: reading.describe(d, data_dir) for d in dict.fromkeys(p.data for p in planned)}
    jobs = [
        Job(
            **{**vars(plan), "data": reading.absolute(plan.data)},
            data_dir=str(data_dir.resolve()) if data_dir else None,
            **vars(about[plan.data]),
            records=str(_store(args, runs, about[plan.data])),
            runs=str(runs),
            note=args.note,
        )
        for plan in planned
    ]
    for job in jobs:  # what is wrong with a name or a record is known before hours of training
        launch.failure(job, "not begun")
        launch.is_finished(job)
    waiting = [job for job in jobs if not launch.is_finished(job)]
    for place in dict.fromkeys(job.data for job in waiting):
        reading.check(place, {job.recipe.side for job in waiting if job.data == place})
    done = [_done(job, Path(job.records)) for job in jobs]
    for one in about.values():
        print(f"\n{one.dataset}: {len(one.classes)} classes, test split\n")
        print(render.summary(_store(args, runs, one), one.config))
    if args.quick:
        print(
            "\nA few steps on small patches: it works. These scores say nothing about the models."
        )
    return 0 if all(done) else 1


def _done(job: Job, store: Path) -> bool:
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
            file = records.write(store, launch.failure(job, reason))
            print(f"{job.name}: failed, see {file}\n  {reason}", file=sys.stderr, flush=True)
    pages = (LEADERBOARD, ROOT / "README.md") if store == RECORDS else (store, None)
    for page in render.render(store, pages[0], front=pages[1]):
        print(f"wrote {page}", flush=True)
    return job.record.exists()


def _store(args: argparse.Namespace, runs: Path, data: About) -> Path:
    """Return the folder of records; own pictures and quick runs make no row of the leaderboard."""
    own = args.quick or data.dataset.startswith(f"{folder.DATASET}/")
    return (args.records or (runs / "records" if own else RECORDS)).resolve()


def _plans(args: argparse.Namespace) -> list[plans.Plan]:
    choice = plans.Choice(args.seeds, args.recipe, args.set, args.start, args.weights, args.quick)
    if not args.table2:
        data = args.data or [QUICK_DATA if args.quick else table2.REPRESENTATIVE]
        return plans.of_models(data, args.models, choice)
    if args.data or args.quick:
        raise BenchmarkError(
            "--table2: found --data or --quick beside it; expected none: its rows are on data of "
            "their own. Use --models or --all with them."
        )
    return plans.of_table2(choice)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmark.run", description=__doc__)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--all", action="store_true", help="every registered model")
    what.add_argument("--models", nargs="+", default=[], metavar="MODEL", help="these models")
    what.add_argument("--table2", action="store_true", help="the fifteen rows of the paper's table")
    what.add_argument("--list", action="store_true", help="list the models, train nothing")
    parser.add_argument("--json", action="store_true", help="with --list: machine-readable")
    parser.add_argument(
        "--start",
        choices=registry.STARTS,
        help="only this start; each model can start from scratch",
    )
    parser.add_argument(
        "--data", nargs="+", metavar="CONFIG",
        help=f"default {table2.REPRESENTATIVE}; or .npz files; or folder:PATH, your own pictures",
    )  # fmt: skip
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
        "--records", type=Path,
        help="default leaderboard/records, of your own pictures runs/records; tables lie inside it "
        "unless it is leaderboard/records",
    )  # fmt: skip
    parser.add_argument("--note", default="", help="stands in the record and below the table")
    parser.add_argument("--runs", type=Path, help="checkpoints of the runs; default runs")
    return parser


if __name__ == "__main__":
    sys.exit(main())
