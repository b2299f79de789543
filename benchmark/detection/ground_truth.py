"""The ground truth of micrographs, as the table of boxes that detections are scored against."""

from pathlib import Path

import numpy as np

from benchmark.detection.data import Scenes
from leaderboard.ground_truth import detection as box_truth
from leaderboard.ground_truth.detection import DIGITS, BoxTruth
from leaderboard.ground_truth.table_files import SPLITS


def table(scenes: Scenes, split: str) -> BoxTruth:
    """Return the boxes of one split, in the order of its scenes.

    Boxes are rounded as in the shipped table, so that detections get equal scores from both.
    """
    chosen = scenes.splits[split]
    counts = [len(scene.boxes) for scene in chosen]
    boxes = np.vstack([np.zeros((0, 4)), *(scene.boxes for scene in chosen)], dtype=np.float64)
    return BoxTruth(
        scenes.config,
        scenes.version,
        split,
        scenes.classes,
        np.array([scene.id for scene in chosen], np.str_),
        np.array([scene.image.shape[1::-1] for scene in chosen], np.int64).reshape(-1, 2),
        np.array([scene.nm_per_pixel or np.nan for scene in chosen], np.float64),
        np.repeat(np.arange(len(chosen)), counts),
        np.concatenate([np.zeros(0, np.int64), *(scene.labels for scene in chosen)]),
        boxes.round(DIGITS),
    )


def tables(scenes: Scenes) -> list[BoxTruth]:
    """Return the tables of the validation and the test split."""
    return [table(scenes, split) for split in SPLITS]


def write(scenes: Scenes, folder: Path) -> Path:
    """Write the tables of a config into a folder; return the file."""
    return box_truth.write(folder, tables(scenes))
