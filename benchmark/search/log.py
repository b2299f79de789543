"""The log of the search: every trial, and the budget that was named before it.

`<log>/budget.json` lists the budgets, `<log>/<config>/<trial>.json` are the trials, with their
out-of-fold costs beside them. The folder is committed, also the trials that were dropped: a search
that shows only its winner hides how often it drew.
"""

import dataclasses
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import numpy as np

from benchmark.errors import BenchmarkError, UsageError
from benchmark.search import out_of_fold
from benchmark.search.out_of_fold import OutOfFold
from benchmark.search.scores import Rows
from benchmark.search.trial import Trial
from leaderboard.files.arguments import did_you_mean
from leaderboard.files.atomic import write_bytes
from leaderboard.files.listing import files_in
from leaderboard.files.names import BadNameError, reason, shown

BUDGET = "budget.json"
T = TypeVar("T")


@dataclass(frozen=True)
class Budget:
    """CPU hours of the whole search: named at a time in UTC, and for what reason."""

    cpu_hours: float
    named: str
    reason: str


def path(log: Path, config: str, name: str) -> Path:
    """Return the file of a trial."""
    return log / config / f"{name}.json"


def costs_path(log: Path, trial: Trial, seed: int) -> Path:
    """Return the file of a trial's out-of-fold costs for one seed."""
    return log / trial.config / f"{trial.name}-s{seed}.csv.gz"


def write(log: Path, trial: Trial) -> None:
    """Write a trial atomically; raises `OSError` where the folder cannot be written to."""
    _write(path(log, trial.config, trial.name), dataclasses.asdict(trial))


def read(file: Path) -> Trial:
    """Read a trial; raises `BenchmarkError` where the file is damaged."""
    return _read(file, Trial)


def read_all(log: Path) -> list[Trial]:
    """Read all trials, in the order of their beginnings; raises `OSError`, and as `read`."""
    folders = [folder for folder in files_in(log, "") if folder.is_dir()]
    trials = [read(file) for folder in folders for file in files_in(folder, ".json")]
    return sorted(trials, key=lambda trial: (trial.created, trial.config, trial.name))


def named(log: Path, config: str, name: str) -> Trial:
    """Read the trial of a name.

    Raises:
      UsageError: there is none of that name on this config. BenchmarkError: it is damaged.
    """
    file = path(log, config, name)
    if not file.is_file():
        known = sorted(other.stem for other in (log / config).glob("*.json"))
        raise UsageError(
            f"trial {shown(name)}: unknown{did_you_mean(name, known)}; expected one of {log} on "
            f"{config}: {', '.join(known) or 'there is none yet'}."
        )
    return read(file)


def predictions(log: Path, trial: Trial, seed: int) -> OutOfFold:
    """Return the out-of-fold predictions of a seed's finished runs.

    Raises:
      BenchmarkError: the file is damaged, or lacks a run that the trial names.
    """
    file = costs_path(log, trial, seed)
    rows = out_of_fold.read(file, trial.classes)
    folds = {run.fold for run in trial.runs if run.seed == seed}
    if missing := folds - set(rows.fold.tolist()):
        raise BenchmarkError(
            f"{file}: found no patch of fold {min(missing)}; expected those of all finished runs. "
            "Restore it from version control, or delete the trial and run it again."
        )
    return rows.only([fold in folds for fold in rows.fold.tolist()])


def rows(log: Path, trial: Trial, chosen: Collection[tuple[int, int]] | None = None) -> Rows:
    """Return the predictions of finished runs, by seed and then by id.

    Args:
      chosen: pairs of seed and fold, by default those of all finished runs.

    Raises:
      BenchmarkError: a file is damaged.
    """
    wanted = {(run.seed, run.fold) for run in trial.runs} if chosen is None else set(chosen)
    parts = []
    for seed in sorted({seed for seed, _ in wanted}):
        part = predictions(log, trial, seed)
        parts.append(part.only([(seed, fold) in wanted for fold in part.fold.tolist()]))
    return Rows(
        np.concatenate([part.labels(trial.classes) for part in parts]),
        np.concatenate([part.micrographs for part in parts]),
        np.concatenate([part.fold for part in parts]),
        np.concatenate([part.probabilities() for part in parts]),
    )


def budgets(log: Path) -> list[Budget]:
    """Read the budgets, the last one counts; raises `BenchmarkError` where the file is damaged."""
    file = log / BUDGET
    return _read(file, list[Budget]) if file.exists() else []


def name_budget(log: Path, budget: Budget) -> None:
    """Add a budget to those named before, which stay."""
    _write(log / BUDGET, [dataclasses.asdict(known) for known in (*budgets(log), budget)])


def spent_hours(trials: Sequence[Trial]) -> float:
    """Return the CPU hours that trials took, also those that failed or were dropped."""
    return sum(trial.cpu_seconds for trial in trials) / 3600


def _write(file: Path, values: Any) -> None:
    text = json.dumps(values, indent=1, allow_nan=False)
    write_bytes(file, f"{text}\n".encode())


def _read(file: Path, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError, BadNameError) as error:
        raise BenchmarkError(
            f"{file}: cannot be read ({reason(error)}); expected a file of the log of the "
            "search. Restore it from version control."
        ) from error
