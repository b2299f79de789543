"""python -m benchmark.run: train registered models, write a record for each, render the tables."""

import argparse
import contextlib
import functools
import os
import sys
from pathlib import Path
from typing import TextIO

import tqdm

from benchmark.classification import read as reading
from benchmark.classification.data import About
from benchmark.errors import BenchmarkError
from benchmark.machine import devices, environment
from benchmark.models import catalogue, checkpoint, registry
from benchmark.runs import cluster, options, plans, processes, run_result, table2, tasks
from benchmark.runs.job import Job, Plan
from benchmark.runs.run_result import Ended, Engine
from leaderboard import render
from leaderboard.files.locking import LockedError
from leaderboard.files.names import BadNameError, is_own
from leaderboard.results import store as records
from leaderboard.results.store import RecordError
from tem_virus_dataset.errors import DatasetError

ROOT = Path(__file__).resolve().parent.parent
LEADERBOARD = ROOT / "leaderboard"
RECORDS = LEADERBOARD / "records"


def main(argv: list[str] | None = None) -> int:
    """Run the command; returns 0, or 1 where something is wrong or a run has failed."""
    args = options.parser(__doc__).parse_args(argv)
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
        LockedError,
        render.RenderError,
        OSError,
    ) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1


def _run(args: argparse.Namespace) -> int:
    runs = (args.runs or ROOT / "runs" / ("quick" if args.quick else "")).resolve()
    data_dir = args.data_dir or (runs / "data" if args.quick else None)
    planned = _plans(args)
    _check_devices(args.devices, planned)
    _check_tasks(planned)
    about = {d: reading.describe(d, data_dir) for d in dict.fromkeys(p.data for p in planned)}
    jobs = [
        Job(
            **{**vars(plan), "data": reading.absolute(plan.data)},
            data_dir=str(data_dir.resolve()) if data_dir else None,
            **vars(about[plan.data]),
            records=str(_store(args, runs, about[plan.data])),
            runs=str(runs),
            note=args.note,
            devices=args.devices,
        )
        for plan in planned
    ]
    _check_places(jobs)
    for job in jobs:  # what is wrong with a name or a record is known before hours of training
        run_result.failure(job, "not begun")
    failed = _do(jobs, _engine(args), _side_by_side(args))
    for one in about.values():
        print(f"\n{one.dataset}: {len(one.classes)} classes, test split\n")
        print(render.summary(_store(args, runs, one), one.config))
    if args.quick:
        print(
            "\nA few steps on small patches: it works. These scores say nothing about the models."
        )
    return 1 if failed else 0


def _do(jobs: list[Job], engine: Engine, with_bar: bool) -> int:
    """Do those that are not finished, render the tables as they end; return how many failed."""
    waiting = [job for job in jobs if not run_result.is_finished(job)]
    for place in dict.fromkeys(job.data for job in waiting):
        if said := reading.said(place):
            _say(said)
        reading.check(place, {job.recipe.image_size for job in waiting if job.data == place})
    for job in jobs:
        if job not in waiting:
            _say(f"{job.name}: finished before, see {job.record}")
    for store in dict.fromkeys(Path(job.records) for job in jobs):
        _render(store)
    failed = 0
    with (
        tqdm.tqdm(total=len(waiting), unit="run", disable=not with_bar or None) as bar,
        contextlib.closing(engine(waiting, _say)) as ends,
    ):
        for ended in ends:
            _keep(ended)
            failed += not ended.job.record.exists()
            bar.set_postfix(failed=failed, refresh=False)
            bar.update()
    return failed


def _check_places(jobs: list[Job]) -> None:
    """Refuse two runs that would write the same record, such as on two folders of one name."""
    places: dict[Path, Job] = {}
    for job in jobs:
        first = places.setdefault(job.record, job)
        if first is not job:
            raise BenchmarkError(
                f"--data {first.data} {job.data}: both are {job.dataset}, and would write "
                f"{job.record}; expected data of different names. Do one after the other, with "
                "--records and --runs of its own."
            )


def _check_tasks(planned: list[Plan]) -> None:
    """Refuse data that are for another task than a model's."""
    found = {data: reading.task(data) for data in dict.fromkeys(plan.data for plan in planned)}
    for plan in planned:
        tasks.check(plan.data, found[plan.data], registry.model(plan.model).task, plan.model)


def _check_devices(count: int, planned: list[Plan]) -> None:
    for plan in planned:
        if plan.recipe.batch_size % count:
            raise BenchmarkError(
                f"--devices {count}: the batch of {plan.model} is {plan.recipe.batch_size}; "
                "expected a number that divides it. Choose another, or change it with "
                "--set batch_size=..."
            )
    devices.check(count)


def _side_by_side(args: argparse.Namespace) -> bool:
    """Say whether runs may go on at once: each then writes to a file, and one bar is shown."""
    return bool(args.ray) or (args.jobs or 1) > 1


def _engine(args: argparse.Namespace) -> Engine:
    if args.ray:
        return functools.partial(
            cluster.each, address=args.ray, minutes=args.time_limit, at_once=args.jobs
        )
    return functools.partial(
        processes.each,
        minutes=args.time_limit,
        at_once=args.jobs or 1,
        quiet=_side_by_side(args),
    )


def _keep(ended: Ended) -> None:
    """Leave a record of a failure, say how a run ended, tidy up, and render the tables."""
    job, store = ended.job, Path(ended.job.records)
    if ended.busy:
        _say(f"{job.name}: skipped, {ended.busy}", sys.stderr)
        return
    if ended.failed:
        file = records.write(store, run_result.failure(job, ended.failed))
        _say(f"{job.name}: failed, see {file}\n  {ended.failed}", sys.stderr)
    else:
        _say(f"{job.name}: finished, see {job.record}")
        # As large as three times the network. Not deleted earlier: a worker of a cluster may be
        # lost before its record is here.
        (job.folder / checkpoint.LAST).unlink(missing_ok=True)
    _render(store)


def _render(store: Path) -> None:
    pages = (LEADERBOARD, ROOT / "README.md") if store == RECORDS else (store, None)
    for page in render.render(store, pages[0], front=pages[1]):
        _say(f"wrote {page}")


def _say(text: str, file: TextIO | None = None) -> None:
    """Print a line above the progress bar, where there is one."""
    out = file or sys.stdout
    tqdm.tqdm.write(text, file=out)
    out.flush()


def _store(args: argparse.Namespace, runs: Path, data: About) -> Path:
    """Return the folder of records; own pictures and quick runs make no row of the leaderboard."""
    own = args.quick or is_own(data.dataset)
    return (args.records or (runs / "records" if own else RECORDS)).resolve()


def _plans(args: argparse.Namespace) -> list[Plan]:
    choice = plans.Choice(args.seeds, args.recipe, args.set, args.start, args.weights, args.quick)
    if not args.table2:
        return plans.of_models(args.data or _data(args), args.models, choice)
    if args.data or args.quick:
        raise BenchmarkError(
            "--table2: found --data or --quick beside it; expected none: its rows are on data of "
            "their own. Use --models or --all with them."
        )
    return plans.of_table2(choice)


def _data(args: argparse.Namespace) -> list[str]:
    """Return the data of a command that names none."""
    if not args.quick:
        return [table2.REPRESENTATIVE]
    told = {registry.model(name).task for name in args.models} or {registry.CLASSIFICATION}
    return [options.QUICK_DATA[told.pop() if len(told) == 1 else registry.CLASSIFICATION]]


if __name__ == "__main__":
    sys.exit(main())
