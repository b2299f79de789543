"""What the values of scores under hard conditions can be: a text that anybody can edit.

Submissions are scored again from their predictions. Rows of this project hold scores alone, so what
follows from their confusion matrices and from the ground truth is checked here.
"""

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime

import numpy as np

from leaderboard.files.names import check_model, check_name, check_recipe
from leaderboard.files.texts import is_line
from leaderboard.ground_truth import classification, table_files
from leaderboard.ground_truth.classification import UNKNOWN, PatchTruth
from leaderboard.results import bounds
from leaderboard.results.condition_scores import ConditionScores, DetectionConditionScores
from leaderboard.results.record import INITIALIZATIONS

LARGEST_RESIDUAL = 1.0  # how far one micrograph can move a mean of shares
SLACK = 0.02  # of an interval, beyond whose ends its score may lie


def check(scores: ConditionScores) -> None:
    """Raise `ValueError` where a field has a value that it cannot have.

    Raises:
      ValueError: names the field, what was found and what was expected.
    """
    own = (*_identity(scores), *_texts(scores), *_numbers(scores), *_truth(scores))
    for fault in (*of_any(scores), *own):
        raise ValueError(fault)


def of_any(scores: ConditionScores | DetectionConditionScores) -> Iterator[str]:
    """Yield what is wrong with the fields that scores of both tasks have.

    Raises:
      ValueError: a name.
    """
    check_model(scores.model)
    check_recipe(scores.recipe)
    if scores.initialization not in INITIALIZATIONS:
        found = scores.initialization[:40]
        yield f"initialization: found {found!a}, expected {' or '.join(INITIALIZATIONS)}"
    network = scores.network
    if network is not None and (
        set(network) != {"file", "sha256"}
        or not re.fullmatch("[0-9a-f]{64}", network["sha256"])
        or not re.fullmatch(r"[A-Za-z0-9._+=,-]+", network["file"])
    ):
        yield "network: expected a file's name and its sha256, 64 hex digits"
    yield from created_and_notes(scores.created, scores.notes)


def _identity(scores: ConditionScores) -> Iterator[str]:
    if scores.provenance not in ("reproduced", "submitted"):
        yield f"provenance: found {scores.provenance}, expected reproduced or submitted"
    if (scores.provenance == "submitted") != bool(scores.submission):
        yield "submission: expected the folder's name of a submitted row, and nothing of others"
    if scores.submission:
        check_name(scores.submission, "submission")
    if (scores.network is None) != bool(scores.submission):
        yield "network: expected file and sha256 of a row of this project, and none of others"


def created_and_notes(created: str, notes: str) -> Iterator[str]:
    """Yield what is wrong with the time and the notes of any kept scores."""
    try:
        time = datetime.fromisoformat(created)
        is_fine = bounds.EARLIEST <= time <= datetime.now(UTC) + bounds.DAY
    except (TypeError, ValueError):  # no time zone, or no time
        is_fine = False
    if not is_fine:
        yield f"created: found {created[:40]!a}, expected a time in UTC, not to come"
    if not is_line(notes, bounds.LINE):
        yield f"notes: expected one line of at most {bounds.LINE} printable characters"


def intervals_of(
    where: str, scores: Mapping[str, float], intervals: Mapping[str, Sequence[float]]
) -> Iterator[str]:
    """Yield which intervals of shares are not ordered, or not about their score."""
    for name, (low, high) in intervals.items():
        is_about = name in scores and low - SLACK <= scores[name] <= high + SLACK
        if not (is_about and 0 <= low <= high <= 1):
            yield (
                f"{where}: the interval [{low}, {high}] of {name}, expected one from 0 to 1 with "
                f"the score {scores.get(name, math.nan):.6f}"
            )


def _texts(scores: ConditionScores) -> Iterator[str]:
    texts = {"retired": scores.retired, "version": scores.version}
    for name, text in texts.items():
        if not is_line(text, bounds.LINE):
            yield f"{name}: expected one line of at most {bounds.LINE} printable characters"
    if not all(is_line(text, 2 * bounds.LINE) for text in scores.stated):
        yield f"stated: expected lines of at most {2 * bounds.LINE} printable characters"
    known = {cell.condition for cell in scores.cells}
    if not set(scores.trained_with or ()) <= known:
        yield f"trained_with: expected conditions of the table, {', '.join(sorted(known))}"
    if not re.fullmatch(r"[=~0-9a-f -]{0,4000}", scores.signature):
        yield "signature: expected hexadecimal words"


def _numbers(scores: ConditionScores) -> Iterator[str]:
    for name, values in scores.residuals.items():
        if not (np.abs(values) <= LARGEST_RESIDUAL).all():
            yield f"residuals of {name}: expected at most {LARGEST_RESIDUAL}"
    for cell in scores.cells:
        where = f"{cell.condition} at level {cell.level}"
        yield from intervals_of(where, cell.scores, cell.intervals)


def _truth(scores: ConditionScores) -> Iterator[str]:
    """Compare with the shipped ground truth, where there is one of the config."""
    file = table_files.newest(classification.known(), scores.data)
    if file is None:
        return
    truth: PatchTruth = classification.read(scores.data, "test")
    if (truth.labels == UNKNOWN).any():
        return
    found = scores.version, scores.classes, scores.patches
    expected = truth.version, list(truth.classes), len(truth)
    for name, one, other in zip(("version", "classes", "patches"), found, expected, strict=True):
        if one != other:
            yield f"{name}: found {one}, expected {other}, as in the ground truth"
            return
    counts = np.bincount(truth.labels, minlength=len(truth.classes))
    for cell in scores.cells:
        if (np.array(cell.confusion).sum(axis=1) != counts).any():
            yield f"{cell.condition} at level {cell.level}: a confusion matrix of other patches"
    micrographs = len(np.unique(truth.micrographs))
    for name, values in scores.residuals.items():
        if len(values) != micrographs:
            yield f"residuals of {name}: found {len(values)}, expected {micrographs}"
