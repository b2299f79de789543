"""python -m benchmark.novelty: choose how a classifier recognizes what it never saw."""

import argparse
import contextlib
import sys

from benchmark import tasks
from benchmark.errors import BenchmarkError
from benchmark.machine import environment
from benchmark.novelty import options, plan_rounds
from benchmark.novelty.plan_rounds import Request
from benchmark.novelty.round_job import RoundJob
from benchmark.runs import processes
from leaderboard.files.arguments import command
from leaderboard.tasks import CLASSIFICATION
from tem_virus_dataset.errors import DatasetError


@command(
    options.PROGRAM, BenchmarkError, DatasetError, OSError,
    interrupted="interrupted; the same command continues after the last whole epoch",
)  # fmt: skip
def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit status: 0, 1 where a training or a file fails, or 130."""
    args = options.parser(__doc__).parse_args(argv)
    environment.start()
    return {"run": _run}[args.command](args)


def _jobs(args: argparse.Namespace) -> list[RoundJob]:
    request = Request(
        args.model, args.recipe, args.set, tuple(args.kinds), args.seed, args.data, args.data_dir,
        args.runs,
    )  # fmt: skip
    planned = plan_rounds.plan(request)
    data = tasks.load(args.data, args.data_dir, CLASSIFICATION)
    return plan_rounds.jobs(request, planned, data.content_hash)


def _run(args: argparse.Namespace) -> int:
    def report(line: str) -> None:
        print(line, flush=True)

    jobs = _jobs(args)
    waiting = [job for job in jobs if not job.record.exists()]
    report(f"{len(jobs)} rounds, {len(jobs) - len(waiting)} of them finished before")
    failed = 0
    with contextlib.closing(
        processes.results(waiting, report, args.time_limit, args.jobs, args.jobs > 1)
    ) as ends:
        for ended in ends:
            reason = ended.failed or ended.busy
            failed += bool(ended.failed)
            report(f"{ended.job.name}: {reason or f'finished, see {ended.job.record}'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
