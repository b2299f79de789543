"""One run of the benchmark: which model on which data and how, and where its files lie."""

import dataclasses
import datetime
import hashlib
import json
from pathlib import Path
from typing import ClassVar, Self

from benchmark import tasks
from benchmark.training.recipe import Recipe
from leaderboard.files.names import OWN, is_own

ERROR, LOCK = "error.txt", "lock"  # in a run's folder: why it failed; held while it runs
JOB = "job.json"  # in a run's folder: what its process reads
BUSY = 75  # exit status of a worker when its run is going on in another process


def now() -> str:
    """Return the time in UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")


def run_folder(runs: Path, data: str, name: str) -> Path:
    """Return where a run keeps its checkpoints.

    Args:
      runs: folder of the runs; name: of the run.
      data: such as `tem_virus/mirror_11class`; a user's folder, `folder/mirror_11class`, has
        another folder than the config of its name.
    """
    config = data.rpartition("/")[2]
    return runs / (f"{OWN}-{config}" if is_own(data) else config) / name


def data_of(folder: Path) -> str | None:
    """Return the data that the run of a folder trains on; None where it is no run's, or damaged."""
    try:
        return str(json.loads((folder / JOB).read_bytes())["data"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


@dataclasses.dataclass(frozen=True)
class Plan:
    """One planned run.

    Attributes:
      data: `tem_virus/CONFIG`, an .npz file or `folder:PATH`.
      model: registered name; initialization: "scratch" or "transfer"; weights: file, or None.
      label: name of the recipe with its changes; recipe: its settings; seed: of everything random.
    """

    data: str
    model: str
    initialization: str
    weights: str | None
    label: str
    recipe: Recipe
    seed: int


@dataclasses.dataclass(frozen=True)
class Job(Plan):
    """A plan with everything that its run needs; its process reads it from JSON.

    Attributes:
      data_dir: of the prepared data sets.
      dataset: with its config, such as `tem_virus/mirror_11class`; version: of the data set.
      classes: names in label order.
      note: of the user, printed below the table.
      records: folder of the records; runs: folder of the runs.
      devices: number of them; every batch is divided among them.
      worker: module that does such a job in a process of its own.
    """

    worker: ClassVar[str] = "benchmark.runs.worker"

    data_dir: str | None
    dataset: str
    version: str
    classes: tuple[str, ...]
    note: str
    records: str
    runs: str
    devices: int = 1

    @property
    def config(self) -> str:
        """Name of the data config, such as `mirror_11class`."""
        return self.dataset.split("/")[1]

    @property
    def name(self) -> str:
        """`model-initialization-recipe-sN`: file name of the record, and of the run's folder."""
        return f"{self.model}-{self.initialization}-{self.label}-s{self.seed}"

    @property
    def record(self) -> Path:
        """Where the record of the finished run lies."""
        return Path(self.records) / self.config / f"{self.name}.json"

    @property
    def folder(self) -> Path:
        """Where this run keeps its checkpoints."""
        return run_folder(Path(self.runs), self.dataset, self.name)

    def origin(self) -> dict[str, str] | None:
        """Name and sha256 of the weights file, if one was given."""
        if self.weights is None:
            return None
        file = Path(self.weights)
        return {"file": file.name, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}

    def write(self, path: Path) -> None:
        """Write the job as JSON."""
        path.write_text(json.dumps(dataclasses.asdict(self), indent=1))

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read what `write` wrote."""
        values = json.loads(path.read_text())
        values |= {
            "recipe": tasks.of_model(values["model"]).recipe_class(**values["recipe"]),
            "classes": tuple(values["classes"]),
        }
        return cls(**values)
