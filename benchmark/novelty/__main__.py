"""python -m benchmark.novelty: choose how a classifier recognizes what it never saw."""

import argparse
import contextlib
import sys

from benchmark import tasks
from benchmark.errors import BenchmarkError
from benchmark.machine import environment
from benchmark.novelty import choice, choose, open_set, options, plan_rounds
from benchmark.novelty.round_job import RoundJob
from benchmark.runs import processes
from benchmark.runs.job import now
from leaderboard.files.arguments import command
from leaderboard.files.writable import try_folder
from leaderboard.tasks import CLASSIFICATION
from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.networks import ready
from tem_virus_dataset.networks.classifier import Classifier
from tem_virus_dataset.predict import models


@command(
    options.PROGRAM, BenchmarkError, DatasetError, OSError,
    interrupted="interrupted; the same command continues after the last whole epoch",
)  # fmt: skip
def main(argv: list[str] | None = None) -> int:
    """Run the command; returns the exit status: 0, 1 where a training or a file fails, or 130."""
    args = options.parser(__doc__).parse_args(argv)
    environment.start()
    return {"run": _run, "choose": _choose, "official": _official}[args.command](args)


def _jobs(args: argparse.Namespace) -> tuple[list[RoundJob], tuple[str, ...], str]:
    """Return the rounds, all classes, and the hash of the data."""
    request = options.request(args, tuple(args.kinds), args.data)
    planned = plan_rounds.plan(request)
    data = tasks.load(args.data, args.data_dir, CLASSIFICATION)
    return plan_rounds.jobs(request, planned, data.content_hash), data.classes, data.content_hash


def _report(line: str) -> None:
    print(line, flush=True)


def _choose(args: argparse.Namespace) -> int:
    try_folder(args.log, "--log")
    jobs, classes, content_hash = _jobs(args)
    result = choose.chosen(jobs, classes, content_hash, _report)
    print(choose.table(result))
    print(choice.write(args.log, result))
    return 0


def _official(args: argparse.Namespace) -> int:
    file = models.find(args.name)
    network = ready.load(file)
    if not isinstance(network, Classifier):
        raise BenchmarkError(f"{file}: detects particles; expected a classifier. Name another.")
    before = open_set.read(args.log)
    if before and before.sha256 == network.digest:
        print(f"{open_set.text(before)}\nscored before, see {args.log / open_set.FILE}")
        return 0
    try_folder(args.log, "--log")
    result = open_set.score(network, args.folder, now())
    print(f"{open_set.text(result)}\n{open_set.write(args.log, result)}")
    return 0


def _run(args: argparse.Namespace) -> int:
    jobs, _, _ = _jobs(args)
    waiting = [job for job in jobs if not job.record.exists()]
    _report(f"{len(jobs)} rounds, {len(jobs) - len(waiting)} of them finished before")
    failed = 0
    with contextlib.closing(
        processes.results(waiting, _report, args.time_limit, args.jobs, args.jobs > 1)
    ) as ends:
        for ended in ends:
            reason = ended.failed or ended.busy
            failed += bool(ended.failed)
            _report(f"{ended.job.name}: {reason or f'finished, see {ended.job.record}'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
