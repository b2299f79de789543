"""One run of the benchmark: which model on which data, and where its files lie."""

import dataclasses
import datetime
import json
from pathlib import Path

from benchmark.recipes import Recipe

ERROR = "error.txt"  # in a run's folder: why it failed


def now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


@dataclasses.dataclass(frozen=True)
class Job:
    """Everything that a run needs; travels to its own process as JSON.

    Attributes:
      data: `tem_virus/CONFIG` or an .npz file; data_dir: of the prepared data sets.
      model: registered name; start: "scratch" or "transfer"; weights: file, or None.
      label: name of the recipe with its changes; recipe: its settings; seed: of everything random.
      records: folder of the records; folder: of this run's checkpoints and log.
    """

    data: str
    data_dir: str | None
    model: str
    start: str
    weights: str | None
    label: str
    recipe: Recipe
    seed: int
    records: str
    folder: str

    @property
    def name(self) -> str:
        """`model-start-recipe-sN`: file name of the record, and of the run's folder."""
        return f"{self.model}-{self.start}-{self.label}-s{self.seed}"

    def write(self, path: Path) -> None:
        """Write the job as JSON."""
        path.write_text(json.dumps(dataclasses.asdict(self), indent=1))

    @staticmethod
    def read(path: Path) -> "Job":
        """Read what `write` wrote."""
        values = json.loads(path.read_text())
        return Job(**{**values, "recipe": Recipe(**values["recipe"])})
