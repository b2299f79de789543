"""The trainings of a trial, fold by fold, and their way into the log.

The log is written before the first training, and again as each fold ends. A trial that is killed
stays in it, and the same command does only the folds that are missing.
"""

import contextlib
import dataclasses
from collections.abc import Callable
from pathlib import Path

from benchmark.machine import cpu_time
from benchmark.runs import processes
from benchmark.runs.job import now
from benchmark.runs.run_result import Ended
from benchmark.search import log, out_of_fold, plan_trial, scores
from benchmark.search.fold_job import FoldJob
from benchmark.search.plan_trial import Request
from benchmark.search.trial import Stopped, Trial
from leaderboard.files.locking import locked


def run(request: Request, report: Callable[[str], None]) -> tuple[Trial, int]:
    """Do the trainings of a trial that the log lacks.

    Returns:
      The trial as it is in the log now, and the number of trainings that failed.

    Raises:
      BenchmarkError: a name, a recipe, a fold or the data do not fit, no budget is named or it is
        spent, or the log has another trial of the name. Nothing was trained.
    """
    plan_trial.check_budget(request.log)
    chosen = plan_trial.planned(request)
    new = plan_trial.trial(request, chosen[0])
    with locked(request.log):
        trial = plan_trial.begun(request, new)
    jobs = [
        plan_trial.job(request, trial, plan, fold)
        for plan in chosen
        for fold in sorted(set(request.only)) or range(request.folds)
        if (plan.seed, fold) not in {(run.seed, run.fold) for run in trial.runs}
    ]
    if not jobs:
        report(
            f"{trial.name}: finished before, see {log.path(request.log, trial.config, trial.name)}"
        )
    failed, waiting = 0, list(jobs)
    try:
        with contextlib.closing(
            processes.results(jobs, report, request.minutes, request.jobs, request.jobs > 1)
        ) as ends:
            for ended in ends:
                waiting.remove(_fold_job(ended))
                failed += not _conclude(request.log, ended, report)
    finally:
        for job in waiting:  # interrupted: what they cost counts
            if cpu_time.spent(job.folder):
                _stop(request.log, job, "interrupted")
    return log.named(request.log, trial.config, trial.name), failed


def _fold_job(ended: Ended) -> FoldJob:
    assert isinstance(ended.job, FoldJob)  # of the jobs that were given
    return ended.job


def _conclude(folder: Path, ended: Ended, report: Callable[[str], None]) -> bool:
    """Bring the end of a fold into the log; return whether it did not fail."""
    job = _fold_job(ended)
    if ended.busy:
        report(f"{job.name}: skipped, {ended.busy}")
        return True
    if ended.failed:
        _stop(folder, job, ended.failed)
        report(f"{job.name}: failed, {ended.failed}")
        return False
    trial = _finish(folder, job)
    for weights in job.folder.glob("*.npz"):  # they are of no further use; the result stays
        weights.unlink()
    done = [run for run in trial.runs if run.seed == job.seed]
    report(
        f"{job.name}: finished, {len(done)} of {trial.folds} folds; log loss "
        f"{trial.scores['log_loss']:.4f} over all that are"
    )
    return True


def _finish(folder: Path, job: FoldJob) -> Trial:
    """Add a finished fold to the log: first its costs, then the trial that names them."""
    run, rows = job.read_result()
    with locked(folder):
        trial = log.named(folder, job.config, job.trial)
        parts = [rows]
        if job.seed in trial.seeds:
            earlier = log.predictions(folder, trial, job.seed)
            parts.append(earlier.only(earlier.fold != job.fold))
        file = log.costs_path(folder, trial, job.seed)
        out_of_fold.write(file, trial.classes, out_of_fold.merged(parts))
        trial = trial.runs_without(job.seed, job.fold)
        runs = sorted((*trial.runs, run), key=lambda run: (run.seed, run.fold))
        trial = dataclasses.replace(trial, runs=tuple(runs))
        values = scores.scores(log.rows(folder, trial))
        rounded = {name: round(value, 6) for name, value in values.items()}
        trial = dataclasses.replace(trial, scores=rounded)
        log.write(folder, trial)
    return trial


def _stop(folder: Path, job: FoldJob, reason: str) -> None:
    """Note in the log that a training stopped, and what it cost."""
    stopped = Stopped(
        job.seed, job.fold, reason.splitlines()[0], round(cpu_time.spent(job.folder), 1), now()
    )
    with locked(folder):
        trial = log.named(folder, job.config, job.trial).runs_without(job.seed, job.fold)
        log.write(folder, dataclasses.replace(trial, stopped=(*trial.stopped, stopped)))
