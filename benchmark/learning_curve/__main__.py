"""python -m benchmark.learning_curve: F1 over the number of corrected micrographs of a new class.

A detector is trained without a class. Then it is fine-tuned on a few training micrographs of that
class, and a network is trained on the same ones from scratch, with as many updates. Both get their
confidence threshold on the validation micrographs of the class, and their F1 on its test
micrographs, once. The command continues where it was interrupted, also by kill -9.
"""

import argparse
import sys
from pathlib import Path

from benchmark.detection import read, recipes
from benchmark.detection.data import Scenes
from benchmark.errors import BenchmarkError
from benchmark.learning_curve import curve_jobs, log, options, subsets, trainings
from benchmark.learning_curve.trainings import Draw
from benchmark.machine import environment
from leaderboard.files.arguments import command
from leaderboard.files.names import BadNameError
from leaderboard.files.writable import try_folder
from leaderboard.results import store as records
from leaderboard.results.store import RecordError
from tem_virus_dataset.errors import DatasetError


@command(
    options.PROGRAM,
    BenchmarkError,
    BadNameError,
    DatasetError,
    RecordError,
    OSError,
    interrupted="interrupted; the same command continues after the last whole epoch",
)
def main(argv: list[str] | None = None) -> int:
    """Run the command; returns 0, 1 where a training fails, 2 for wrong options, 130 for Ctrl-C."""
    args = options.parser(__doc__).parse_args(argv)
    environment.start()
    if not args.table:
        _, fine = recipes.recipe(curve_jobs.FINE, args.set)
        recipes.recipe(curve_jobs.FROM_SCRATCH, args.base_set)
        data = read.load(args.data, args.data_dir)
        subsets.check(data, args.class_name, args.micrographs)
        try_folder(args.log.parent, "--log")
        if _failed(args, data, _base(args, data), fine):
            return 1
    print(log.table(log.read(args.log)))
    return 0


def _base(args: argparse.Namespace, data: Scenes) -> Path:
    """Train the detector without the class; return the file of its network.

    Raises:
      BenchmarkError: it failed, or its network is not kept.
    """
    runs = args.runs.resolve()
    job = curve_jobs.base(subsets.without(data, args.class_name), args.base_set, runs)
    for ended in trainings.done([job], args.time_limit, 1):
        if ended.failed or ended.busy:
            raise BenchmarkError(f"{job.config}: {ended.failed or ended.busy}")
    file = curve_jobs.network(job)
    if not file.is_file():
        reason = records.read(job.record).no_network
        raise BenchmarkError(
            f"{file}: is not there ({reason}); expected the network that the fine-tuning starts "
            f"from. Remove {job.record}, and run the same command again."
        )
    return file


def _failed(
    args: argparse.Namespace, data: Scenes, base: Path, fine: recipes.DetectionRecipe
) -> int:
    """Do all trainings that start from the base, or beside it; return how many failed."""
    from benchmark.learning_curve import before  # imports Keras

    draws = []
    for draw in range(args.draws):
        for number in sorted(set(args.micrographs)):
            drawn = subsets.drawn(data, args.class_name, number, draw)
            jobs = curve_jobs.of_draw(drawn, args.set, base, args.runs.resolve())
            draws.append(Draw(draw, drawn, jobs))
    untrained = before.row(base, draws[0].data, fine)

    def write() -> None:
        log.write(args.log, [untrained, *(row for draw in draws for row in draw.rows())])

    write()
    jobs = [job for draw in draws for job in draw.jobs]
    failed = 0
    for ended in trainings.done(jobs, args.time_limit, args.jobs):
        failed += not ended.job.record.exists()
        write()
    return failed


if __name__ == "__main__":
    sys.exit(main())
