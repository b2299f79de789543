"""A trial of the search: one recipe over some folds, with what came of it, as the log keeps it."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

from leaderboard.files.names import check_name

VERDICTS = OPEN, KEPT, DROPPED = "open", "kept", "dropped"


@dataclass(frozen=True)
class FoldRun:
    """One finished training.

    Attributes:
      seed: of the training; fold: that was held out, from 0.
      patches_shown: training patches over all epochs; cpu_seconds: of all its processes; seconds:
        wall time of the epochs; finished: time in UTC; device: and precision, as in records.
    """

    seed: int
    fold: int
    patches_shown: int
    cpu_seconds: float
    seconds: float
    finished: str
    device: str = ""


@dataclass(frozen=True)
class Stopped:
    """A training that was begun and is not finished: why, what it cost, and when it stopped."""

    seed: int
    fold: int
    reason: str
    cpu_seconds: float
    stopped: str


@dataclass(frozen=True)
class Trial:
    """A trial.

    Attributes:
      name: in the log; what: one sentence on what is tried; created: time in UTC.
      data: such as `tem_virus/mirror_11class`, with its version, hash and classes in label order.
      model, initialization, recipe: as in records; settings: of the recipe; weights: as in records.
      code: hash of the network's, the training's and the evaluation's source.
      groups: `session` or `micrograph`; folds: number of them; assignment: digest of the folds.
      runs: finished trainings; stopped: those that failed or were interrupted.
      scores: of all finished runs together; none before the first.
      verdict: `open`, `kept` or `dropped`; reason: of the verdict.
      code_files: first digits of a hash of each source file; none in older trials.
    """

    name: str
    what: str
    created: str
    data: str
    data_version: str
    content_hash: str
    classes: tuple[str, ...]
    model: str
    initialization: str
    recipe: str
    settings: dict[str, Any]
    weights: dict[str, str] | None
    code: str
    groups: str
    folds: int
    assignment: str
    runs: tuple[FoldRun, ...] = ()
    stopped: tuple[Stopped, ...] = ()
    scores: dict[str, float] = field(default_factory=dict)
    verdict: str = OPEN
    reason: str = ""
    code_files: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse a name that no file may have; raises `BadNameError`."""
        check_name(self.name, "trial")

    @property
    def config(self) -> str:
        """Name of the data config, such as `mirror_11class`."""
        return self.data.split("/")[1]

    @property
    def seeds(self) -> list[int]:
        """Seeds with a finished run, ascending."""
        return sorted({run.seed for run in self.runs})

    @property
    def folds_name(self) -> str:
        """Name of the set of folds: the first digits of its digest."""
        return self.assignment[:8]

    @property
    def cpu_seconds(self) -> float:
        """CPU seconds spent, also by trainings that did not finish."""
        runs: tuple[FoldRun | Stopped, ...] = (*self.runs, *self.stopped)
        return sum(run.cpu_seconds for run in runs)

    @property
    def patches_shown(self) -> int:
        """Training patches shown, over all finished runs."""
        return sum(run.patches_shown for run in self.runs)

    def identity(self) -> dict[str, Any]:
        """Return all that its predictions depend on beside the seed, as JSON has it."""
        return {name: getattr(self, name) for name in IDENTITY}

    def identity_hash(self) -> str:
        """Return the sha256 of `identity`."""
        return hashlib.sha256(json.dumps(self.identity(), sort_keys=True).encode()).hexdigest()

    def runs_without(self, seed: int, fold: int) -> "Trial":
        """Return the trial without what is known of a training."""

        def is_other(run: FoldRun | Stopped) -> bool:
            return (run.seed, run.fold) != (seed, fold)

        return dataclasses.replace(
            self, runs=tuple(filter(is_other, self.runs)),
            stopped=tuple(filter(is_other, self.stopped)),
        )  # fmt: skip


IDENTITY = (
    "data", "data_version", "content_hash", "classes", "model", "initialization", "settings",
    "weights", "groups", "folds", "assignment", "code",
)  # fmt: skip
