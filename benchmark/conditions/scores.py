"""From the outputs of a network on all cells to the scores that the board shows."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from benchmark.conditions import overlaps
from benchmark.conditions.finished_cells import CellOutputs
from benchmark.conditions.networks import Named
from benchmark.runs.job import now
from leaderboard.ground_truth.classification import PatchTruth
from leaderboard.ground_truth.conditions import HardCell
from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.predictions import signatures
from leaderboard.predictions.conditions import DIGITS
from leaderboard.predictions.detection import Detections
from leaderboard.results.conditions import ConditionScores
from leaderboard.results.detection_conditions import DetectionCell, DetectionConditionScores
from leaderboard.scoring import conditions as scoring
from leaderboard.scoring import detection

VIEW = "one view of each patch, without test-time augmentation"


def of_patches(
    network: Named,
    truth: PatchTruth,
    cells: Sequence[HardCell],
    outputs: Mapping[tuple[str, int], CellOutputs],
) -> ConditionScores:
    """Score a classifier.

    Args:
      truth: of the test split; outputs: of each cell by its key, probabilities in the order of the
        classes of `truth`, images in any.
    """
    scored, probabilities = [], []
    for cell in cells:
        found = outputs[cell.key]
        row_of = {name: row for row, name in enumerate(found.ids)}
        rows = [row_of[name] for name in truth.ids.tolist()]
        novelty = None if np.isnan(found.novelty).any() else found.novelty[rows]
        probabilities.append(rounded(found.probabilities[rows]))
        scored.append(scoring.score(truth, cell, probabilities[-1], novelty))
    return ConditionScores(
        data=truth.data,
        version=truth.version,
        classes=list(truth.classes),
        patches=len(truth),
        model=network.model,
        initialization=network.initialization,
        recipe=network.recipe,
        seed=network.seed,
        provenance="reproduced",
        network={"file": network.file.name, "sha256": network.digest},
        trained_with=overlaps.trained_with(network.settings),
        created=now(),
        notes="; ".join(part for part in (network.note, VIEW) if part),
        cells=scored,
        residuals=scoring.mean_residuals(truth, cells, probabilities),
        signature=signatures.as_text(scoring.signature(cells, probabilities)),
    )


def rounded(probabilities: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return probabilities as a file of predictions holds them."""
    return np.asarray(np.round(probabilities, DIGITS), np.float64)


def of_micrographs(
    network: Named,
    confidence: float,
    truth: BoxTruth,
    cells: Sequence[HardCell],
    found: Mapping[tuple[str, int], Detections],
) -> DetectionConditionScores:
    """Score a detector at its confidence threshold.

    Args:
      found: detections of each cell by its key.
    """
    scored = []
    for cell in cells:
        of_cell = detection.score(truth, found[cell.key], confidence)
        scored.append(
            DetectionCell(
                cell.condition,
                cell.level,
                cell.pictures,
                {name: round(value, 6) for name, value in of_cell.scores.known().items()},
                {name: [round(end, 6) for end in ends] for name, ends in of_cell.intervals.items()},
            )
        )
    return DetectionConditionScores(
        data=truth.data,
        version=truth.version,
        micrographs=len(truth),
        model=network.model,
        initialization=network.initialization,
        recipe=network.recipe,
        seed=network.seed,
        provenance="reproduced",
        network={"file": network.file.name, "sha256": network.digest},
        trained_with=overlaps.trained_with(network.settings),
        confidence=confidence,
        created=now(),
        notes=network.note,
        cells=scored,
    )
