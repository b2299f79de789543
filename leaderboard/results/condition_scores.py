"""The scores of one training under hard conditions."""

import dataclasses

from leaderboard.scoring.conditions import CellScores


@dataclasses.dataclass(frozen=True)
class ConditionScores:
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

    @property
    def name(self) -> str:
        """Name of its file."""
        return f"{self.model}-{self.initialization}-{self.recipe}-s{self.seed}"
