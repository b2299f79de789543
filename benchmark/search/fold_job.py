"""The job of one fold: a run of the benchmark whose training and validation parts are folds."""

import dataclasses
import json
from pathlib import Path
from typing import ClassVar

import numpy as np

from benchmark.errors import BenchmarkError
from benchmark.runs.job import Job, run_folder
from benchmark.search.out_of_fold import OutOfFold
from benchmark.search.trial import FoldRun
from leaderboard.files.atomic import write_bytes
from leaderboard.files.names import reason

RESULT = "result.json"  # in a fold's folder, once it is finished


@dataclasses.dataclass(frozen=True)
class FoldJob(Job):
    """A job that trains on all folds but one, and predicts that one.

    Attributes:
      trial: name; identity: hash of all that the trial depends on, so that what another trial of
        the same name left behind is never continued.
      groups: `session` or `micrograph`; folds: number of them; fold: that is held out, from 0.
      assignment: digest of the folds.
    """

    worker: ClassVar[str] = "benchmark.search.worker"

    trial: str = ""
    identity: str = ""
    groups: str = ""
    folds: int = 0
    fold: int = 0
    assignment: str = ""

    @property
    def name(self) -> str:
        """Name in messages."""
        return f"{self.trial}, seed {self.seed}, fold {self.fold}"

    @property
    def folder(self) -> Path:
        """Where this fold keeps its checkpoints and its result."""
        trial = run_folder(Path(self.runs) / "search", self.dataset, self.trial)
        return trial / self.identity[:12] / f"s{self.seed}-fold{self.fold}"

    @property
    def record(self) -> Path:
        """Where the result of the finished fold lies."""
        return self.folder / RESULT

    def write_result(self, run: FoldRun, rows: OutOfFold) -> None:
        """Write what came of the fold; raises `OSError` where the disk is full."""
        values = {
            "run": dataclasses.asdict(run),
            "ids": rows.ids.tolist(),
            "micrographs": rows.micrographs.tolist(),
            "costs": rows.costs.tolist(),
        }
        write_bytes(self.record, json.dumps(values).encode())

    def read_result(self) -> tuple[FoldRun, OutOfFold]:
        """Read what `write_result` wrote.

        Raises:
          BenchmarkError: the file is damaged.
        """
        try:
            values = json.loads(self.record.read_bytes())
            rows = OutOfFold(
                np.array(values["ids"]),
                np.array(values["micrographs"]),
                np.full(len(values["ids"]), self.fold, np.int64),
                np.array(values["costs"], np.uint8),
            )
            return FoldRun(**values["run"]), rows
        except (OSError, ValueError, KeyError, TypeError, OverflowError) as error:
            raise BenchmarkError(
                f"{self.record}: cannot be read ({reason(error)}); expected the result of a fold. "
                "Delete it: the fold then ends again from its last epoch."
            ) from error
