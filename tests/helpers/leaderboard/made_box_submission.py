"""A submission of detections as an author would hand it in, with invented boxes."""

from pathlib import Path

import made_boxes
import made_submission

from leaderboard.ground_truth import detection as box_truth
from leaderboard.ground_truth.table_files import SPLITS
from leaderboard.predictions import detection as detections

DATA = "tem_virus/mirror_11class_boxes"


def write(root: Path, name: str = "made", data: str = DATA, **changes: object) -> Path:
    """Write a whole submission into `root/submissions/name`, and return its folder."""
    folder = root / "submissions" / name
    folder.mkdir(parents=True)
    made_submission.write_card(folder, data=data, image_size=640, **changes)
    for split in SPLITS:
        table = box_truth.read(data, split)
        for seed in (0, 1, 2):
            found = made_boxes.invented(table, 2 * seed + (split == "test"))
            detections.write(folder / f"seed{seed}.{split}.csv.gz", found, table.classes)
    return folder
