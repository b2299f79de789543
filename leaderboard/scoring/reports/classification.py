"""The scores of a file of class probabilities, as text and as JSON."""

import dataclasses
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tabulate import tabulate

from leaderboard.ground_truth.classification import PatchTruth
from leaderboard.scoring import classification as scoring
from leaderboard.scoring import column_order
from leaderboard.scoring.classification import Scored
from leaderboard.tasks import CLASSIFICATION, TASKS

MOST = 5  # micrographs listed


def score(
    truth: PatchTruth, probabilities: NDArray[np.float64], confidence: float | None, file: Path
) -> Scored:
    """Score the predictions of a file; `confidence` means nothing to a classifier."""
    return scoring.score(truth, probabilities)


def warnings(truth: PatchTruth, probabilities: NDArray[np.float64]) -> list[str]:
    """Return what is probably wrong with a file, a sentence each."""
    text = column_order.of_probabilities(truth.labels, probabilities, truth.classes)
    return [text] if text else []


def as_text(truth: PatchTruth, scored: Scored) -> str:
    """Return the scores with intervals, calibration, worst class and worst micrographs."""
    rows = [
        [
            title,
            f"{getattr(scored.scores, name):.3f}",
            "[{:.3f}, {:.3f}]".format(*scored.intervals[name]),
            f"{getattr(scored.clean, name):.3f}" if scored.clean else "",
        ]
        for name, title in TASKS[CLASSIFICATION].titles.items()
    ]
    headers = ["", "score", "95 % interval", f"clean ({scored.clean_examples} patches)"]
    patches = sum(micrograph.patches for micrograph in scored.micrographs)
    worst = scored.worst_class
    lines = [
        f"{truth.data} {truth.version}, {truth.split}: {patches} patches of "
        f"{len(scored.micrographs)} micrographs, {len(truth.classes)} classes",
        "",
        tabulate(rows, headers, disable_numparse=True, colalign=("left", *["right"] * 3)),
        "",
        f"expected calibration error  {scored.calibration_error:.3f}",
        f"worst class                 {worst.name}: F1 {worst.f1:.3f}, precision "
        f"{worst.precision:.3f}, recall {worst.recall:.3f} of {worst.support} patches",
        f"by micrograph               {scored.by_micrograph:.3f} accuracy, if every patch is given "
        "the class of its micrograph",
        f"mean over micrographs       {scored.micrograph_accuracy:.3f} accuracy",
    ]
    if scored.unknown_auroc is not None:
        lines.append(
            f"unknown classes             {scored.unknown_auroc:.3f} AUROC, of "
            f"{len(truth) - patches} patches"
        )
    by_errors = sorted(scored.micrographs, key=lambda scores: scores.correct - scores.patches)
    lines += [
        f"most errors                 {scores.name}: {scores.patches - scores.correct} of "
        f"{scores.patches}"
        for scores in by_errors[:MOST]
        if scores.correct < scores.patches
    ]
    return "\n".join(lines)


def as_json(truth: PatchTruth, scored: Scored) -> str:
    """Return everything as JSON, under the names of `scoring.classification.Scored`."""
    fields = {"data": truth.data, "version": truth.version, "split": truth.split}
    fields |= {**dataclasses.asdict(scored), "confusion": scored.confusion.tolist()}
    for name in ("residuals", "clean_residuals", "reliability"):
        del fields[name]
    more = {"intervals": scored.intervals, "calibration_error": scored.calibration_error}
    return json.dumps({**fields, **more}, indent=1, allow_nan=False)
