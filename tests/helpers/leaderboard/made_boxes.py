"""Boxes and detections made by hand, and invented detections for a shipped table."""

from collections.abc import Sequence

import numpy as np

from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.predictions import detection as detections
from leaderboard.predictions.detection import Detections

CLASSES = ("disc", "ring")
Find = tuple[int, int, float, float, float, float, float]  # micrograph, label, confidence, box


def table(boxes: Sequence[tuple[int, int, float, float, float, float]], count: int = 3) -> BoxTruth:
    """Make a table of `count` micrographs from micrograph, label and box of each."""
    rows = np.array(boxes, np.float64).reshape(-1, 6)
    return BoxTruth(
        "tem_virus/made_boxes",
        "1.0.0",
        "test",
        CLASSES,
        np.array([f"test/disc/m{n}" for n in range(count)]),
        np.full((count, 2), 500),
        np.full(count, 1.5),
        rows[:, 0].astype(np.int64),
        rows[:, 1].astype(np.int64),
        rows[:, 2:],
    )


def found(of: BoxTruth, finds: Sequence[Find]) -> Detections:
    """Make detections in a table's micrographs."""
    rows = np.array(finds, np.float64).reshape(-1, 7)
    parts = [rows[rows[:, 0] == n] for n in range(len(of))]
    return detections.joined(
        of.ids.tolist(),
        [part[:, 3:] for part in parts],
        [part[:, 1].astype(np.int64) for part in parts],
        [part[:, 2] for part in parts],
    )


def perfect(of: BoxTruth, confidence: float = 0.9) -> list[Find]:
    """Find every box where it is."""
    rows = zip(of.micrographs.tolist(), of.labels.tolist(), of.boxes.tolist(), strict=True)
    return [(micrograph, label, confidence, *box) for micrograph, label, box in rows]


def invented(of: BoxTruth, seed: int = 0, right: float = 0.8, alarms: float = 0.5) -> Detections:
    """Invent detections: a share of the boxes, shifted a little, and false alarms beside them."""
    rng = np.random.default_rng(seed)
    finds: list[Find] = []
    for micrograph, label, _, *box in perfect(of):
        x, y, width, height = box
        if rng.random() < right:
            x, y = x + rng.normal(0, 0.08 * width), y + rng.normal(0, 0.08 * height)
            finds.append((micrograph, label, rng.beta(5, 2), x, y, width, height))
        if rng.random() < alarms:
            wrong = int(rng.integers(len(of.classes))) if rng.random() < 0.3 else label
            at = rng.uniform(0, of.sizes[micrograph])
            finds.append((micrograph, wrong, rng.beta(2, 4), *at, width, height))
    return found(of, finds)
