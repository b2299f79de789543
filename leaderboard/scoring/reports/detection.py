"""The scores of a file of detections, as text and as JSON."""

import dataclasses
import json
from pathlib import Path
from typing import Any

from tabulate import tabulate

from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.predictions.detection import Detections
from leaderboard.predictions.text import PredictionsError
from leaderboard.scoring import detection as scoring
from leaderboard.scoring import warnings as detection_warnings
from leaderboard.scoring.detection import Scored
from leaderboard.tasks import DETECTION, TASKS

MOST = 5  # micrographs listed


def score(truth: BoxTruth, detections: Detections, confidence: float | None, file: Path) -> Scored:
    """Score the detections of a file, from a confidence threshold on.

    Args:
      confidence: the threshold; None for the best one, on validation; file: for the message.

    Raises:
      PredictionsError: it is the test split, and no threshold is given.
    """
    if confidence is None and truth.split == "test":
        raise PredictionsError(
            f"{file}: the test split, and no --confidence; expected the one that is the "
            "best on validation. Score the validation file first: it is printed there."
        )
    threshold = scoring.best_confidence(truth, detections) if confidence is None else confidence
    return scoring.score(truth, detections, threshold)


def warnings(truth: BoxTruth, detections: Detections) -> list[str]:
    """Return what is probably wrong with a file, a sentence each."""
    return detection_warnings.of_file(truth, detections)


def as_text(truth: BoxTruth, scored: Scored) -> str:
    """Return the scores with intervals, those of every class, and the worst micrographs."""
    known, intervals = scored.scores.known(), scored.intervals
    rows = [
        [
            title,
            f"{known[name]:.3f}",
            "[{:.3f}, {:.3f}]".format(*intervals[name]) if name in intervals else "",
        ]
        for name, title in TASKS[DETECTION].titles.items()
        if name in known
    ]
    rows += [
        [title, f"{scored.companions[name]:.3f}", ""]
        for name, title in scoring.COMPANIONS.items()
        if name in scored.companions
    ]
    columns = ["class", "boxes", "precision", "recall", "F1", "AP50", "AP50-95"]
    class_rows = [
        [scores.name, str(scores.boxes), *map(_cell, dataclasses.astuple(scores)[2:])]
        for scores in scored.classes
    ]
    alignment = ("left", *["right"] * (len(columns) - 1))
    lines = [
        f"{truth.data} {truth.version}, {truth.split}: {len(truth.boxes)} particles in "
        f"{len(truth)} micrographs, {len(truth.classes)} class{'es' * (len(truth.classes) != 1)}",
        "",
        tabulate(
            rows, ["", "score", "95 % interval"], disable_numparse=True,
            colalign=("left", "right", "right"),
        ),
        "",
        f"detections count from confidence {scored.confidence:.6f} on",
        "",
        tabulate(class_rows, columns, disable_numparse=True, colalign=alignment),
        "",
    ]  # fmt: skip
    lines += [
        f"most errors  {scores.name}: {scores.boxes - scores.correct} of {scores.boxes} missed, "
        f"{scores.detections - scores.correct} false positives"
        for scores in scored.micrographs[:MOST]
        if scores.errors
    ]
    return "\n".join(lines).rstrip()


def as_json(truth: BoxTruth, scored: Scored) -> str:
    """Return everything as JSON, under the names of `scoring.detection.Scored`."""
    fields: dict[str, Any] = {"data": truth.data, "version": truth.version, "split": truth.split}
    fields |= {
        "scores": scored.scores.known(),
        "companions": scored.companions,
        "intervals": scored.intervals,
        "confidence": scored.confidence,
        "classes": [dataclasses.asdict(scores) for scores in scored.classes],
        "micrographs": [dataclasses.asdict(scores) for scores in scored.micrographs],
        "curve": {
            name: values.tolist() for name, values in dataclasses.asdict(scored.curve).items()
        },
    }
    return json.dumps(fields, indent=1, allow_nan=False)


def _cell(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
