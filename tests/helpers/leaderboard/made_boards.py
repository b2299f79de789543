"""Boards of unknown viruses and of hard conditions with invented scores, for their pages."""

import hashlib
import json
from pathlib import Path

import made_conditions
import numpy as np
from small_site import NASTY

from leaderboard.ground_truth import conditions as ground_truth
from leaderboard.ground_truth.conditions import HardCell
from leaderboard.open_set import boards, rows
from leaderboard.open_set.folder import ORIGIN
from leaderboard.open_set.row_scores import Scores
from leaderboard.results import conditions as results
from leaderboard.results import detection_conditions as detection_results
from leaderboard.results.detection_conditions import DetectionCell, DetectionConditionScores

BOXES = "tem_virus/mirror_11class_boxes"
BOX_CELLS = [HardCell("clean", 0, "", "", "a" * 64), HardCell("dose", 3, "10", "e", "b" * 64)]


def write(folder: Path) -> Path:
    """Write empty `records`, and both boards beside it; return the folder of the records."""
    (folder / "records").mkdir(parents=True)
    for name, auroc, seeds in (("first", 0.9, (0, 1, 2)), ("second", 0.8, (0, 1, 2)),
                               ("only_one", 0.95, (0,))):  # fmt: skip
        add_open_set(folder / "novelty", name, auroc, seeds)
    root = folder / "hard_conditions"
    for found in (
        *(made_conditions.scores(seed) for seed in (0, 1, 2)),
        made_conditions.scores(1, (0.8, 0.7, 0.6, 0.5, 0.1), model="other", notes=NASTY),
    ):
        file = results.path(root, found)
        file.parent.mkdir(parents=True, exist_ok=True)
        results.write(file, found)
    add_detector(root, "detector", 0.7)
    return folder / "records"


def ship(monkeypatch, folder: Path) -> None:
    """Make the small tables of cells those that are shipped."""
    made_conditions.ship(monkeypatch, folder)
    ground_truth.write(folder, BOXES, "1.0.0", BOX_CELLS)


def add_open_set(root: Path, name: str, auroc: float, seeds: tuple[int, ...]) -> Path:
    """Write a row of `open_set_14class`; its predictions are never read, only their hash is."""
    folder = root / boards.OFFICIAL / name
    folder.mkdir(parents=True)
    origin = {
        "board": boards.OFFICIAL, "model": "plain_cnn", "recipe": "=1+1", "seeds": list(seeds),
        "method": "max_probability", "chosen": "beforehand", "notes": NASTY, "networks": {},
        "created": "2026-01-01T00:00:00+00:00",
    }  # fmt: skip
    (folder / ORIGIN).write_text(json.dumps(origin), "utf-8")
    rng = np.random.default_rng([*name.encode()])
    names = [f"auroc {one}" for one in (*boards.UNKNOWN, *boards.FAR)]
    scores = {}
    for seed in seeds:
        (folder / f"seed{seed}.csv").write_text(f"{name} {seed}", "utf-8")
        of_all = auroc + 0.001 * seed
        of_names = dict.fromkeys(names, of_all) | {"auroc Lassa": 0.123}
        scores[str(seed)] = {"auroc": of_all, "oscr": 0.7, "fpr95": 0.4, **of_names}
    digests = {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.glob("*.csv")
    }
    called = dict.fromkeys(boards.CLASSES, 0.01) | {"Ebola": 0.9}
    found = Scores(
        boards.OFFICIAL, digests, scores, {"auroc": (auroc - 0.05, auroc + 0.04)},
        {seed: (0.001 * rng.normal(size=50)).tolist() for seed in scores},
        {"Lassa": dict.fromkeys(boards.CLASSES, 0.5)}, {"Lassa": called},
    )  # fmt: skip
    rows.write(folder, found)
    return folder


def add_detector(root: Path, model: str, f1: float) -> Path:
    """Write the scores of a detector."""
    cells = [
        DetectionCell(c.condition, c.level, c.pictures, {"f1": f1 / (n + 1), "recall": f1},
                      {"f1": [0.1, 0.9]})
        for n, c in enumerate(BOX_CELLS)
    ]  # fmt: skip
    found = DetectionConditionScores(
        BOXES, "1.0.0", 142, model, "scratch", "brief", 0, "reproduced", None, ["dose"], 0.5,
        "2026-01-01T00:00:00+00:00", NASTY, cells,
    )  # fmt: skip
    file = detection_results.path(root, found)
    file.parent.mkdir(parents=True, exist_ok=True)
    detection_results.write(file, found)
    return file
