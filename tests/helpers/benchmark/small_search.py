"""The search command in this process, on the small config with sessions, and invented trials."""

import dataclasses
import os
from pathlib import Path
from unittest import mock

import numpy as np
import small_folds
from running import tiny_models

from benchmark.search import __main__ as search
from benchmark.search import fold_data, folds, log, out_of_fold, scores
from benchmark.search.log import Budget
from benchmark.search.out_of_fold import OutOfFold
from benchmark.search.trial import FoldRun, Trial

FAST = (
    "--model", "tiny_classifier", "--recipe", "quick", "--folds", "2",
    "--set", "image_size=32", "samples_per_class=8", "batch_size=8",
)  # fmt: skip
TIME = "2026-01-31T12:00:00+00:00"


def do(folder: Path, *arguments: object) -> int:
    """Run the command with the log and the runs in `folder`; return its status."""
    words = [str(argument) for argument in arguments]
    words += ["--log", str(folder / "log")]
    if words[0] == "run":
        words += ["--runs", str(folder / "runs")]
    with tiny_models(), mock.patch.dict(os.environ):  # it sets some for its runs
        return search.main(words)


def name_budget(folder: Path, hours: float = 1) -> None:
    """Name a budget."""
    log.name_budget(folder / "log", Budget(hours, TIME, "a test"))


def trial(name: str, **changes: object) -> Trial:
    """A trial on two folds of the small config without a run."""
    data = small_folds.data()
    patches = fold_data.joined(data)
    fold = fold_data.assigned(patches, data, "session", 2)
    planned = Trial(
        name=name, what="a test", created=TIME, data=data.config, data_version=data.version,
        content_hash=data.content_hash, classes=data.classes, model="plain_cnn",
        initialization="scratch", recipe="quick", settings={"epochs": 1}, weights=None, code="0",
        groups="session", folds=2, assignment=folds.digest(map(str, patches.ids), fold),
    )  # fmt: skip
    return dataclasses.replace(planned, **changes)


def write(folder: Path, name: str, right: float, seeds: tuple[int, ...] = (0,)) -> Trial:
    """Write a finished trial whose networks give the true class this probability, about."""
    data = small_folds.data()
    patches = fold_data.joined(data)
    fold = fold_data.assigned(patches, data, "session", 2)
    planned = trial(
        name, runs=tuple(FoldRun(s, f, 48, 36.0, 30.0, TIME) for s in seeds for f in range(2))
    )
    for seed in seeds:
        rng = np.random.default_rng(seed)
        share = np.clip(right + rng.normal(0, 0.02, len(patches)), 0, 1)
        values = np.repeat((1 - share[:, None]) / 2, 3, axis=1)
        values[np.arange(len(patches)), patches.labels] = share
        stems = np.array([str(name).partition("/")[2] for name in patches.micrographs])
        rows = OutOfFold(patches.ids, stems, fold, out_of_fold.costs(values))
        out_of_fold.write(log.costs_path(folder / "log", planned, seed), data.classes, rows)
    planned = dataclasses.replace(planned, scores=scores.scores(log.rows(folder / "log", planned)))
    log.write(folder / "log", planned)
    return planned
