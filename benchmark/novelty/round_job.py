"""The job of one round: a training without some classes or sessions, and the features it gives."""

import dataclasses
from pathlib import Path
from typing import ClassVar

from benchmark.novelty.rounds import Round
from benchmark.runs.job import Job, run_folder

FEATURES = "features.npz"  # in a round's folder, once it is finished


@dataclasses.dataclass(frozen=True)
class RoundJob(Job):
    """A job that trains on what a round leaves in.

    Attributes:
      kind, number: of the round.
      identity: hash of all that the round depends on beside its seed, so that what another recipe
        or code left behind is never continued.
    """

    worker: ClassVar[str] = "benchmark.novelty.worker"

    kind: str = ""
    number: int = 0
    identity: str = ""

    @property
    def round(self) -> Round:
        """The round."""
        return Round(self.kind, self.number)

    @property
    def name(self) -> str:
        """Name in messages."""
        return f"{self.round.name}, seed {self.seed}"

    @property
    def folder(self) -> Path:
        """Where this round keeps its checkpoints and its features."""
        place = run_folder(Path(self.runs) / "novelty", self.dataset, self.model)
        return place / self.identity[:12] / f"s{self.seed}-{self.round.name}"

    @property
    def record(self) -> Path:
        """Where the features of the finished round lie."""
        return self.folder / FEATURES
