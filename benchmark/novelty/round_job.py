"""The job of one round: a training without some classes or sessions, and the features it gives."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from benchmark.errors import BenchmarkError
from benchmark.novelty.rounds import Round
from benchmark.runs.job import JOB, Job, run_folder

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


def finished_version(job: RoundJob, identities: Sequence[str]) -> RoundJob:
    """Return the round as the first version of the code that finished it has it.

    Its features are read only: what another version trained is never continued.

    Args:
      identities: of the versions; without one the round stays as it is. Where none is finished,
        the round of the first is returned.

    Raises:
      BenchmarkError: what it finds was trained by another recipe, or started otherwise (from
        scratch, or by transfer); its job is damaged.
    """
    if not identities:
        return job
    versions = [dataclasses.replace(job, identity=identity) for identity in identities]
    found = next((version for version in versions if version.record.exists()), versions[0])
    file = found.folder / JOB
    if file.exists():
        trained, expected = _training(file), f"{job.label} ({job.initialization})"
        if trained != expected:
            raise BenchmarkError(
                f"{file}: a round of {trained}; expected {expected}. Name its recipe, settings and "
                "start, or another --identity."
            )
    return found


def _training(file: Path) -> str:
    """Return recipe and initialization that a round's `job.json` states."""
    try:
        stated = json.loads(file.read_bytes())
        return f"{stated['label']} ({stated['initialization']})"
    except (ValueError, KeyError, TypeError) as error:
        raise BenchmarkError(
            f"{file}: cannot be read ({type(error).__name__}); expected the job of a round. Name "
            "another --identity, or delete the folder of the round and train it again."
        ) from error
