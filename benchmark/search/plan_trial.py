"""A trial as it is asked for: its runs, its folds, and whether the log has it already.

Everything that does not fit is refused here, before a training.
"""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from benchmark import tasks
from benchmark.data import address
from benchmark.errors import BenchmarkError, UsageError
from benchmark.models import registry
from benchmark.runs import plans, short_recipe
from benchmark.runs.job import Plan, now
from benchmark.search import fold_data, folds, log
from benchmark.search.fold_job import FoldJob
from benchmark.search.source_hash import differing, file_hashes, git_diff, source_hash
from benchmark.search.trial import IDENTITY, Trial
from benchmark.training import recipe
from leaderboard.files.names import check_name, shown
from leaderboard.tasks import CLASSIFICATION


@dataclasses.dataclass(frozen=True)
class Request:
    """What the command is asked for.

    Attributes:
      name: of the trial; what: one sentence on it, "" where the log has it.
      model, recipe, changes, start, weights: as `benchmark.run` takes them; recipe: None for
        that of `short_recipe`.
      groups: `session` or `micrograph`; folds: number; only: these folds, or all.
      data: as `--data` takes it; data_dir: of the prepared data sets.
      jobs: trainings at once; minutes: that a fold may take; log, runs: folders.
    """

    name: str
    what: str
    model: str
    recipe: str | None
    changes: Sequence[str]
    start: str | None
    weights: Sequence[str]
    seeds: Sequence[int]
    groups: str
    folds: int
    only: Sequence[int]
    data: str
    data_dir: Path | None
    jobs: int
    minutes: float
    log: Path
    runs: Path


def check_budget(folder: Path) -> None:
    """Refuse to train without a budget, or beyond it."""
    known, trials = log.budgets(folder), log.read_all(folder)
    if not known:
        raise BenchmarkError(
            f"{folder / log.BUDGET}: no budget is named; expected one before the first trial, so "
            "that the search ends when it is spent. Name it: python -m benchmark.search budget "
            "--cpu-hours 24 --reason TEXT"
        )
    spent = log.spent_hours(trials)
    if spent >= known[-1].cpu_hours:
        raise BenchmarkError(
            f"the budget of {known[-1].cpu_hours:g} CPU hours is spent: the trials of the log took "
            f"{spent:.1f}. Choose among them, or name a larger one with a reason: python -m "
            "benchmark.search budget --cpu-hours HOURS --reason TEXT"
        )


def planned(request: Request) -> list[Plan]:
    """Return one plan for each seed.

    Raises:
      BenchmarkError: model, recipe, weights or fold do not fit. BadNameError: nor does the name.
    """
    check_name(request.name, "trial")
    if wrong := [fold for fold in request.only if fold >= request.folds]:
        raise UsageError(
            f"--only {wrong[0]}: found a fold beyond the last; expected 0 to {request.folds - 1}, "
            f"as there are {request.folds} folds. Correct the number."
        )
    task = short_recipe.classifier(request.model, request.data)
    changes = short_recipe.settings(
        request.changes, {} if request.recipe else short_recipe.SETTINGS
    )
    choice = plans.Choice(
        tuple(dict.fromkeys(request.seeds)), request.recipe or short_recipe.NAME, changes,
        request.start, request.weights,
    )  # fmt: skip
    chosen = plans.of_models([request.data], [request.model], choice)
    if len({plan.initialization for plan in chosen}) > 1:
        raise UsageError(
            f"--model {request.model}: starts from scratch and from pretrained weights; expected "
            "one of them in a trial. Name it with --start."
        )
    task.preflight(request.data, [plan.recipe for plan in chosen], request.data_dir)
    # The held-out fold must not choose when to stop: it is what the trial is judged on.
    return [
        dataclasses.replace(
            plan, recipe=dataclasses.replace(plan.recipe, patience=plan.recipe.epochs)
        )
        for plan in chosen
    ]


def trial(request: Request, plan: Plan) -> Trial:
    """Return the trial as it begins: reads the data, and divides them."""
    about = tasks.describe(request.data, request.data_dir)
    data = tasks.load(request.data, request.data_dir, CLASSIFICATION)
    patches = fold_data.joined(data)
    fold = fold_data.assigned(patches, data, request.groups, request.folds)
    code = registry.model(plan.model), bool(plan.recipe.filament_windows)
    return Trial(
        name=request.name,
        what=request.what,
        created=now(),
        data=about.dataset,
        data_version=about.version,
        content_hash=data.content_hash,
        classes=tuple(about.classes),
        model=plan.model,
        initialization=plan.initialization,
        recipe=plan.label,
        settings=dataclasses.asdict(plan.recipe),
        weights=_origin(plan),
        code=source_hash(*code),
        code_files=file_hashes(*code),
        groups=request.groups,
        folds=request.folds,
        assignment=folds.digest(map(str, patches.ids), fold),
    )


def _origin(plan: Plan) -> dict[str, str] | None:
    """Return name and sha256 of the weights file, if one was given."""
    job = FoldJob(
        **vars(plan), data_dir=None, dataset="", version="", classes=(), note="", records="",
        runs="",
    )  # fmt: skip
    return job.origin()


def begun(request: Request, new: Trial) -> Trial:
    """Return the trial of the name in the log, where it is the same one; else begin it there."""
    file = log.path(request.log, new.config, new.name)
    if file.exists():
        known = log.read(file)
        settings = {**recipe.defaults(), **known.settings}  # it may be older than a setting
        known = dataclasses.replace(known, settings=settings)
        for name in IDENTITY:
            before, after = getattr(known, name), getattr(new, name)
            if before != after:
                where = _in_files(known, new) if name == "code" else ""
                raise BenchmarkError(
                    f"{file}: the trial began with {_difference(name, before, after)}{where}. Name "
                    "another trial, or restore what it began with."
                )
        return known
    if not request.what.strip():
        raise UsageError(
            f"trial {new.name}: is new; expected a sentence on what it tries. Add --what TEXT."
        )
    log.write(request.log, new)
    return new


def _difference(name: str, before: object, after: object) -> str:
    """Say in which setting, or in which field, two trials differ."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted(before.keys() | after.keys()):
            if before.get(key) != after.get(key):
                return f"{key}={before.get(key)}; found {key}={after.get(key)}"
    short = [str(value)[:12] if name in _HASHES else shown(value) for value in (before, after)]
    return f"{name.replace('_', ' ')} {short[0]}; found {short[1]}"


def _in_files(known: Trial, new: Trial) -> str:
    """Say in which files the code of a trial differs from that of now, or how to find them."""
    if not known.code_files:
        return (
            " (in which files is not known: the trial holds one hash of all; if it began from a "
            f"commit of this branch, this shows it: {git_diff(known.created)})"
        )
    files = differing(known.code_files, new.code_files, ("only then", "only now"))
    return f", which differs in {', '.join(files)}" if files else ""


_HASHES = ("content_hash", "assignment", "code")


def job(request: Request, trial: Trial, plan: Plan, fold: int) -> FoldJob:
    """Return the job of one fold."""
    return FoldJob(
        **{**vars(plan), "data": address.absolute(plan.data)},
        data_dir=str(request.data_dir.resolve()) if request.data_dir else None,
        dataset=trial.data,
        version=trial.data_version,
        classes=trial.classes,
        note="",
        records="",
        runs=str(request.runs),
        trial=trial.name,
        identity=trial.identity_hash(),
        groups=trial.groups,
        folds=trial.folds,
        fold=fold,
        assignment=trial.assignment,
    )
