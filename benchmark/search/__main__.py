"""python -m benchmark.search: try recipes on folds of train and validation, and keep a log."""

import argparse
import dataclasses
import sys

from benchmark import tasks
from benchmark.data import address
from benchmark.errors import BenchmarkError, UsageError
from benchmark.machine import environment
from benchmark.runs.job import now
from benchmark.search import compare, log, options, page, run_trial
from benchmark.search.log import Budget
from benchmark.search.plan_trial import Request
from leaderboard.files.arguments import command
from leaderboard.files.atomic import write_bytes
from leaderboard.files.locking import LockedError, locked
from leaderboard.files.names import BadNameError
from tem_virus_dataset.errors import DatasetError


@command(
    options.PROGRAM,
    BenchmarkError,
    BadNameError,
    DatasetError,
    LockedError,
    OSError,
    interrupted="interrupted; the same command continues after the last whole epoch",
)
def main(argv: list[str] | None = None) -> int:
    """Run the command.

    Returns:
      The exit status: 0, 1 where a training or a file fails, 2 for options that do not fit
      together, 130 after Ctrl-C.
    """
    args = options.parser(__doc__).parse_args(argv)
    environment.start()
    return {
        "run": _run,
        "compare": _compare,
        "table": _table,
        "verdict": _verdict,
        "budget": _budget,
    }[args.command](args)


def _run(args: argparse.Namespace) -> int:
    names = {
        "changes": args.set, "minutes": args.time_limit, "log": args.log.resolve(),
        "runs": args.runs.resolve(),
    }  # fmt: skip
    fields = {field.name for field in dataclasses.fields(Request)}
    given = {name: value for name, value in vars(args).items() if name in fields}
    request = Request(**{**given, **names})
    try:
        trial, failed = run_trial.run(request, lambda line: print(line, flush=True))
    finally:
        _write_page(args)
    for name, value in trial.scores.items():
        print(f"{name.replace('_', ' ')}: {value:.4f}")
    print(page.spent(log.read_all(args.log), log.budgets(args.log)))
    return 1 if failed else 0


def _compare(args: argparse.Namespace) -> int:
    first, second = (log.named(args.log, _config(args), n) for n in (args.first, args.second))
    runs = compare.shared_runs(first, second)
    sides = [log.rows(args.log, trial, runs) for trial in (first, second)]
    differences = compare.compare(sides[0], sides[1], first.classes)
    micrographs = len(set(sides[0].micrographs.tolist()))
    print(page.comparison(first, second, runs, differences, len(sides[0].labels), micrographs))
    return 0


def _table(args: argparse.Namespace) -> int:
    if args.write:
        _write_page(args)
    else:
        print(_text(args), end="")
    return 0


def _verdict(args: argparse.Namespace) -> int:
    if not args.reason.strip():
        raise UsageError("--reason: found nothing; expected why, in a sentence. Name the numbers.")
    with locked(args.log):
        trial = log.named(args.log, _config(args), args.name)
        log.write(
            args.log, dataclasses.replace(trial, verdict=args.verdict, reason=args.reason.strip())
        )
    _write_page(args)
    return 0


def _budget(args: argparse.Namespace) -> int:
    if args.cpu_hours is not None:
        if not args.reason.strip():
            raise UsageError("--cpu-hours: expected --reason TEXT beside it, what it is chosen by.")
        if args.cpu_hours < (hours := log.spent_hours(log.read_all(args.log))):
            raise UsageError(
                f"--cpu-hours {args.cpu_hours:g}: the trials of the log took {hours:.2f} CPU hours "
                "already; expected at least that. A budget is named before the trials that it pays."
            )
        with locked(args.log):
            log.name_budget(args.log, Budget(args.cpu_hours, now(), args.reason.strip()))
        _write_page(args)
    print(page.spent(log.read_all(args.log), log.budgets(args.log)))
    return 0


def _config(args: argparse.Namespace) -> str:
    """Return the name of the config, without reading its data where a config is named."""
    if address.is_file(args.data) or address.is_folder(args.data):
        return tasks.describe(args.data).config
    return str(args.data).partition("/")[2]


def _text(args: argparse.Namespace) -> str:
    return page.page(log.read_all(args.log), log.budgets(args.log))


def _write_page(args: argparse.Namespace) -> None:
    """Write the page of the log, where there is a log, and it differs from what is there."""
    file = options.PAGE if args.log.resolve() == options.LOG else args.log / "search.md"
    text = _text(args).encode()
    if args.log.is_dir() and (not file.exists() or file.read_bytes() != text):
        write_bytes(file, text)


if __name__ == "__main__":
    sys.exit(main())
