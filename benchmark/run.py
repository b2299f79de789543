"""python -m benchmark.run: train registered models, write a record for each, render the tables."""

import argparse
import contextlib
import functools
import sys
from pathlib import Path
from typing import TextIO

import tqdm

from benchmark import tasks
from benchmark.data import address
from benchmark.data.address import About
from benchmark.errors import BenchmarkError, UsageError
from benchmark.machine import devices, environment
from benchmark.models import catalogue, checkpoint
from benchmark.runs import cluster, options, plans, processes, run_result, table2
from benchmark.runs.job import Job, Plan
from benchmark.runs.run_result import Ended, Engine
from benchmark.training.task import COMPARED
from leaderboard import render
from leaderboard.files.arguments import command
from leaderboard.files.locking import LockedError
from leaderboard.files.names import BadNameError, is_own
from leaderboard.results import store as records
from leaderboard.results.store import RecordError
from tem_virus_dataset.errors import DatasetError

ROOT = Path(__file__).resolve().parent.parent
LEADERBOARD = ROOT / "leaderboard"
RECORDS = LEADERBOARD / "records"
QUICK_AT_ONCE = 2  # each takes up to 2 GB


@command(
    "python -m benchmark.run",
    BenchmarkError,
    BadNameError,
    DatasetError,
    RecordError,
    LockedError,
    render.RenderError,
    OSError,
    interrupted="interrupted; the same command continues after the last whole epoch",
)
def main(argv: list[str] | None = None) -> int:
    """Run the command.

    Returns:
      The exit status: 0, 1 where a run or a file fails, 2 for options that do not fit together, 130
      after Ctrl-C.
    """
    parser = options.parser(__doc__)
    args = parser.parse_args(argv)
    options.check(parser, args)
    environment.start()
    if args.list:
        print(catalogue.text(as_json=args.json))
        return 0
    return _run(args)


def _run(args: argparse.Namespace) -> int:
    runs = (args.runs or ROOT / "runs" / ("quick" if args.quick else "")).resolve()
    data_dir = args.data_dir or (runs / "data" if args.quick else None)
    planned = _plans(args)
    _check_devices(args.devices, planned)
    if args.ray and any(plan.recipe.filament_windows for plan in planned):
        raise UsageError(
            "--ray: found filament_windows beside it; expected none: its windows are cut from a "
            "second config, which is not sent to the workers. Leave one of them out."
        )
    for data, model in dict.fromkeys((plan.data, plan.model) for plan in planned):
        tasks.check(data, tasks.of_model(model), model)
    about = {data: tasks.describe(data, data_dir) for data in _data_of(planned)}
    jobs = [
        Job(
            **{**vars(plan), "data": address.absolute(plan.data)},
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
    for job in jobs:  # so that a name that does not fit into a table is reported before training
        run_result.failure(job, "not begun")
    at_once = _at_once(args, len(jobs))
    failed = _do(jobs, _engine(args, at_once), with_bar=bool(args.ray) or at_once > 1)
    for described in about.values():
        classes = f"{len(described.classes)} class{'es' * (len(described.classes) != 1)}"
        print(f"\n{described.dataset}: {classes}, test split\n")
        print(render.summary(_store(args, runs, described), described.config))
    for job in jobs:
        if lines := _compared(job):
            print(f"\n{job.name}: {lines}")
    if args.quick:
        print(
            "\nA few steps on small patches: everything works. These scores do not compare models."
        )
    return 1 if failed else 0


def _compared(job: Job) -> str:
    """Return the lines of a record's notes on the detector that the run began from, or ""."""
    if not (job.weights and job.record.exists()):
        return ""
    _, begin, text = records.read(job.record).notes.partition(COMPARED)
    return f"{begin}{text}".replace("; ", "\n  ")


def _do(jobs: list[Job], engine: Engine, with_bar: bool) -> int:
    """Do the unfinished jobs, render the tables as they end; return how many failed."""
    waiting = [job for job in jobs if not run_result.is_finished(job)]
    for data in _data_of(waiting):
        task = tasks.of_data(data)
        if notice := task.notice(data):
            _print(notice)
        of_data = [job for job in waiting if job.data == data]
        data_dir = of_data[0].data_dir
        task.preflight(
            data,
            [job.recipe for job in of_data],
            Path(data_dir) if data_dir else None,
            {Path(job.weights) for job in of_data if job.weights},
        )
    for job in jobs:
        if job not in waiting:
            _print(f"{job.name}: finished before, see {job.record}")
    for store in dict.fromkeys(Path(job.records) for job in jobs):
        _render(store)
    failed = 0
    with (
        tqdm.tqdm(total=len(waiting), unit="run", disable=None if with_bar else True) as bar,
        contextlib.closing(engine(waiting, _print)) as ends,
    ):
        for ended in ends:
            _conclude(ended)
            failed += not ended.job.record.exists()
            bar.set_postfix(failed=failed, refresh=False)
            bar.update()
    return failed


def _data_of(plans: list[Plan] | list[Job]) -> list[str]:
    """Return the data of some plans, each once."""
    return list(dict.fromkeys(plan.data for plan in plans))


def _check_places(jobs: list[Job]) -> None:
    """Refuse two runs that would write the same record, such as on two folders of one name."""
    places: dict[Path, Job] = {}
    for job in jobs:
        first = places.setdefault(job.record, job)
        if first is not job:
            raise UsageError(
                f"--data {first.data} {job.data}: both are {job.dataset}, and would write "
                f"{job.record}; expected data of different names. Do one after the other, with "
                "--records and --runs of its own."
            )


def _check_devices(count: int, planned: list[Plan]) -> None:
    for plan in planned:
        if plan.recipe.batch_size % count:
            raise UsageError(
                f"--devices {count}: the batch of {plan.model} is {plan.recipe.batch_size}; "
                "expected a number that divides it. Choose another, or change it with "
                "--set batch_size=..."
            )
    devices.check(count)


# Much of a quick run is imports and tracing, which take one core. So several go on at once even
# where nobody asks for it; a run that is alone reports to the terminal.


def _at_once(args: argparse.Namespace, runs: int) -> int:
    """Return how many of so many runs may go on at once on this machine."""
    return args.jobs or (min(QUICK_AT_ONCE, environment.cores(), runs) if args.quick else 1)


def _engine(args: argparse.Namespace, at_once: int) -> Engine:
    if args.ray:
        return functools.partial(
            cluster.results, address=args.ray, minutes=args.time_limit, at_once=args.jobs
        )
    return functools.partial(
        processes.results,
        minutes=args.time_limit,
        at_once=at_once,
        quiet=at_once > 1,
    )


def _conclude(ended: Ended) -> None:
    """Write a record of a failure, report how the run ended, tidy up, and render the tables."""
    job, store = ended.job, Path(ended.job.records)
    if ended.busy:
        _print(f"{job.name}: skipped, {ended.busy}", sys.stderr)
        return
    if ended.failed:
        file = records.write(store, run_result.failure(job, ended.failed))
        _print(f"{job.name}: failed, see {file}\n  {ended.failed}", sys.stderr)
    else:
        record = records.read(job.record)
        _print(f"{job.name}: finished, see {job.record}")
        if line := run_result.learned(record):
            _print(f"  {line}")
        if reason := record.no_network:
            _print(f"{job.name}: no network file (.onnx) beside the record: {reason}")
        # It is three times as large as the network. The worker cannot delete it: a worker of a
        # cluster may be lost before its record is here, and the run then continues from it.
        (job.folder / checkpoint.LAST).unlink(missing_ok=True)
    _render(store)


def _render(store: Path) -> None:
    """Render the tables of a folder; what is wrong with another record stops no training."""
    pages = (LEADERBOARD, ROOT / "README.md") if store == RECORDS else (store, None)
    try:
        for page in render.render(store, pages[0], front=pages[1]):
            _print(f"wrote {page}")
    except RecordError as error:
        _print(f"warning: the tables are not rendered: {error}", sys.stderr)


def _print(text: str, file: TextIO | None = None) -> None:
    """Print a line above the progress bar, where there is one."""
    out = file or sys.stdout
    tqdm.tqdm.write(text, file=out)
    out.flush()


def _store(args: argparse.Namespace, runs: Path, data: About) -> Path:
    """Return the folder of records; users' images and quick runs get no row of the leaderboard."""
    own = args.quick or is_own(data.dataset)
    return (args.records or (runs / "records" if own else RECORDS)).resolve()


def _plans(args: argparse.Namespace) -> list[Plan]:
    choice = plans.Choice(args.seeds, args.recipe, args.set, args.start, args.weights, args.quick)
    if not args.table2:
        data = args.data or _default_data(args)
        sized = [address.with_nm_per_pixel(name, args.nm_per_pixel) for name in data]
        return plans.of_models(sized, args.models, choice)
    if args.data or args.nm_per_pixel or args.quick:
        raise UsageError(
            "--table2: found --data, --nm-per-pixel or --quick beside it; expected none: its rows "
            "are on data of their own. Use --models or --all with them."
        )
    return plans.of_table2(choice)


def _default_data(args: argparse.Namespace) -> list[str]:
    """Return the data of a command that names none: for --quick, phantoms of the models' task."""
    if not args.quick:
        return [table2.REPRESENTATIVE]
    names = {tasks.of_model(name).name for name in args.models}
    return [tasks.by_name(names.pop() if len(names) == 1 else tasks.DEFAULT).quick_data]


if __name__ == "__main__":
    sys.exit(main())
