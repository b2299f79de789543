"""The scores of one training under hard conditions, of a classifier or of a detector."""

import dataclasses

from leaderboard.scoring.conditions import CellScores


class Named:
    """Scores of one training, named as its record is."""

    model: str
    initialization: str
    recipe: str
    seed: int

    @property
    def name(self) -> str:
        """Name of its file."""
        return f"{self.model}-{self.initialization}-{self.recipe}-s{self.seed}"


@dataclasses.dataclass(frozen=True)
class ConditionScores(Named):
    """One training on all cells.

    Attributes:
      data, version: of the config; classes: in label order; patches: number in each cell.
      model, initialization, recipe, seed, provenance: as in records.
      network: name and sha256 of the file with the weights; None for a submission.
      trained_with: conditions that the training's augmentation resembles; None: not known.
      created: time in UTC; notes: what else must be known.
      cells: in the order of the table.
      residuals: of the means of accuracy and f1, see `scoring.conditions.mean_residuals`.
      signature: of the answers, see `scoring.conditions.signature`; "" of an earlier version.
      submission: name of its folder, "" of a run of this project.
      retired: why its authors no longer stand by it, or which submission follows it; "" mostly.
      stated: by the card of a submission: its code, pretraining, extra data and failed seeds.
    """

    data: str
    version: str
    classes: list[str]
    patches: int
    model: str
    initialization: str
    recipe: str
    seed: int
    provenance: str
    network: dict[str, str] | None
    trained_with: list[str] | None
    created: str
    notes: str
    cells: list[CellScores]
    residuals: dict[str, list[float]]
    signature: str = ""
    submission: str = ""
    retired: str = ""
    stated: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class DetectionCell:
    """One cell: scores as in records, at the model's confidence threshold, and their intervals."""

    condition: str
    level: int
    pictures: str
    scores: dict[str, float]
    intervals: dict[str, list[float]]


@dataclasses.dataclass(frozen=True)
class DetectionConditionScores(Named):
    """One detector on all cells; fields as in `ConditionScores`, and its confidence threshold."""

    data: str
    version: str
    micrographs: int
    model: str
    initialization: str
    recipe: str
    seed: int
    provenance: str
    network: dict[str, str] | None
    trained_with: list[str] | None
    confidence: float
    created: str
    notes: str
    cells: list[DetectionCell]
