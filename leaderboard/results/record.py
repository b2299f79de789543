"""What is kept of one run: `Record`, checked when it is made."""

from dataclasses import dataclass, field
from typing import Any

from leaderboard.results import record_checks
from leaderboard.results.record_checks import RecordError

__all__ = ["Record", "RecordError"]


@dataclass(frozen=True)
class Record:
    """One run of one model on one data config: the truth that the tables are rendered from.

    All values are plain Python ones as JSON has them (no NumPy scalars), all numbers finite.

    Raises:
      RecordError: a field has the wrong type, or a value it cannot have.
    """

    data: str  # "tem_virus/mirror_11class"
    data_version: str  # "1.0.0"
    content_hash: str  # sha256 of the data, 64 hex digits; "" where it failed or was submitted
    classes: list[str]  # in label order
    model: str
    initialization: str  # "scratch" or "transfer"
    recipe: str  # label, such as "paper" or "small+epochs=14"
    seed: int
    status: str  # "finished" or "failed"
    provenance: str  # "published" or "reproduced" or "submitted"
    created: str  # ISO 8601 in UTC, such as "2026-01-31T12:00:00+00:00"
    recipe_settings: dict[str, Any] = field(default_factory=dict)
    error: str | None = None  # why it failed; its first line is shown below the table
    test: dict[str, float] | None = None  # by record_checks.SCORES_OF[task]
    validation: dict[str, float] | None = None
    intervals: dict[str, list[float]] | None = None  # score -> [low, high], of the test split
    confusion: list[list[int]] | None = None  # of the test split, rows are the true classes
    parameters_trainable: int | None = None
    parameters_total: int | None = None
    epochs: int | None = None  # that were run
    best_epoch: int | None = None
    history: list[dict[str, Any]] | None = None  # per epoch: loss, validation scores, seconds
    seconds: float | None = None  # wall time of the training epochs, without validation
    images_per_second: float | None = None
    device: str = ""
    backend: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    weights: dict[str, str] | None = None  # {"file": name, "sha256": hex} of pretrained weights
    notes: str = ""
    predictions: str | None = None  # predictions on the test split, relative to the records folder
    source: str = ""  # where a published number stands, or who submitted it
    pretraining: str = ""  # "none", or what the weights were trained on before, such as "ImageNet"
    extra_data: str = ""  # "none", or which other micrographs were trained on
    submission: str = ""  # folder in leaderboard/submissions that holds card and predictions
    task: str = "classification"  # or "detection"
    confidence: float | None = None  # of detection: from which on a find counts, by validation

    def __post_init__(self) -> None:
        record_checks.check(self)

    @property
    def config(self) -> str:
        """Name of the data config, such as "mirror_11class"."""
        return self.data.split("/")[1]

    @property
    def run(self) -> str:
        """Name of the run within its config, and stem of its files."""
        return f"{self.model}-{self.initialization}-{self.recipe}-s{self.seed}"

    @property
    def key(self) -> tuple[str, str, str, str, str, str, int]:
        """What tells runs apart: data, its version, model, start, recipe, submission, seed."""
        names = (self.model, self.initialization, self.recipe, self.submission)
        return self.data, self.data_version, *names, self.seed
