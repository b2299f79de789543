"""What the command `python -m leaderboard.score` says of a file of detections."""

import argparse
import dataclasses
import json
from typing import Any

from tabulate import tabulate

from leaderboard.ground_truth import detection_file
from leaderboard.ground_truth.classification import SPLITS
from leaderboard.ground_truth.detection import BoxTable
from leaderboard.metrics import average_precision
from leaderboard.predictions import classification as predictions
from leaderboard.predictions import detection as detections
from leaderboard.predictions.csv_rows import PredictionsError
from leaderboard.scoring.detection import best_confidence, score
from leaderboard.scoring.detection_scores import Scored
from leaderboard.tables.detection import TITLES

MOST = 5  # micrographs listed


def is_meant(args: argparse.Namespace) -> bool:
    """Say whether the command's data are boxes."""
    return detection_file.is_one(args.table) if args.table else bool(
        detection_file.shipped(args.data)
    )  # fmt: skip


def said(args: argparse.Namespace) -> str:
    """Return what the command prints, for its arguments.

    Raises:
      PredictionsError: the file cannot be used, or is of test and no confidence is given.
      SplitTableError: the table cannot be used.
    """
    named = predictions.split_of(args.file)
    split = named if named in SPLITS else "test"
    table = detection_file.read(args.data, split, args.table)
    found = detections.read(args.file, table)
    confidence = args.confidence
    if confidence is None:
        if split == "test":
            raise PredictionsError(
                f"{args.file}: the test split, and no --confidence; expected the one that is the "
                "best on validation. Score the validation file first: it is printed there."
            )
        confidence = best_confidence(table, found)
    scored = score(table, found, confidence, with_ap=average_precision.is_installed())
    return as_json(table, scored) if args.json else as_text(table, scored)


def as_text(table: BoxTable, scored: Scored) -> str:
    """Return scores, and what they hide."""
    known, between = scored.scores.known(), scored.intervals
    rows = [
        [
            title,
            f"{known[name]:.3f}",
            "[{:.3f}, {:.3f}]".format(*between[name]) if name in between else "",
        ]
        for name, title in TITLES.items()
        if name in known
    ]
    columns = ["class", "boxes", "precision", "recall", "F1", "AP50", "AP50-95"]
    by_class = [
        [one.name, str(one.boxes), *map(_short, dataclasses.astuple(one)[2:])]
        for one in scored.classes
    ]
    shown = columns if "ap50" in known else columns[:-2]
    right = ("left", *["right"] * (len(shown) - 1))
    lines = [
        f"{table.data} {table.version}, {table.split}: {len(table.boxes)} particles in "
        f"{len(table)} micrographs, {len(table.classes)} classes",
        "",
        tabulate(
            rows, ["", "score", "95 % interval"], disable_numparse=True,
            colalign=("left", "right", "right"),
        ),
        "",
        f"finds count from confidence {scored.confidence:.6f} on",
        "",
        tabulate([row[: len(shown)] for row in by_class], shown, disable_numparse=True,
                 colalign=right),
        "",
    ]  # fmt: skip
    if "ap50" not in known:
        lines.append("average precision: needs pycocotools (pip install pycocotools)")
    lines += [
        f"most errors  {one.name}: {one.boxes - one.right} of {one.boxes} missed, "
        f"{one.found - one.right} false alarms"
        for one in scored.micrographs[:MOST]
        if one.wrong
    ]
    return "\n".join(lines).rstrip()


def as_json(table: BoxTable, scored: Scored) -> str:
    """Return everything as JSON, under the names of `scores.Scored`."""
    whole: dict[str, Any] = {"data": table.data, "version": table.version, "split": table.split}
    whole |= {
        "scores": scored.scores.known(),
        "intervals": scored.intervals,
        "confidence": scored.confidence,
        "classes": [dataclasses.asdict(one) for one in scored.classes],
        "micrographs": [dataclasses.asdict(one) for one in scored.micrographs],
        "curve": {
            name: values.tolist() for name, values in dataclasses.asdict(scored.curve).items()
        },
    }
    return json.dumps(whole, indent=1, allow_nan=False)


def _short(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
