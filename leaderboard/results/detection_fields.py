"""What a detector's record says of its detections on test and validation."""

from collections.abc import Mapping
from typing import Any

from leaderboard.ground_truth.detection import BoxTable
from leaderboard.predictions.detection import Detections
from leaderboard.scoring.detection import best_confidence, score

AP_DRAWS = 200  # of the bootstrap of the average precisions


def fields(tables: Mapping[str, BoxTable], found: Mapping[str, Detections]) -> dict[str, Any]:
    """Score both splits from the confidence on that is the best on validation.

    Args:
      tables: what is right, and found: what was found, by split.

    Returns:
      The fields of `record.Record` with scores; average precision takes pycocotools.
    """
    confidence = best_confidence(tables["validation"], found["validation"])
    test = score(tables["test"], found["test"], confidence, ap_draws=AP_DRAWS)
    validation = score(tables["validation"], found["validation"], confidence)
    return {
        "confidence": confidence,
        "test": test.scores.known(),
        "validation": validation.scores.known(),
        "intervals": {name: list(pair) for name, pair in test.intervals.items()},
    }
