"""A classifier on the site: the columns of its table, and the content of its row's page."""

import functools
from collections.abc import Callable, Sequence

import numpy as np
from matplotlib.figure import Figure

from leaderboard.figures.classification import class_scores, reliability_diagram
from leaderboard.figures.confusion import confusion_matrix
from leaderboard.metrics import calibration, details
from leaderboard.metrics import classification as metrics
from leaderboard.metrics.classification import Scores
from leaderboard.metrics.details import ClassScores, MicrographScores
from leaderboard.ranking.rows import Row
from leaderboard.results.classification import Evidence
from leaderboard.site.boards import columns
from leaderboard.site.boards.column import score
from leaderboard.site.classes.overview import shade
from leaderboard.site.drawings import curves
from leaderboard.site.row_content import RowContent
from leaderboard.site.text import rendering

COLUMNS = (
    score(
        "f1", "macro F1 [95 %]", "key", lambda row: row.test["f1"],
        "Mean over the classes; ± is the standard deviation over seeds.", with_interval=True,
    ),
    columns.AGAINST,
    score(
        "clean", "F1, clean patches", "wide", lambda row: row.clean_f1,
        "Without the test patches with a field of view that is in another split, too.",
    ),
    columns.VALIDATION,
    score(
        "accuracy", "accuracy", "key", lambda row: row.test["accuracy"],
        "Share of the test patches with a correct prediction.",
    ),
    score(
        "by_micrograph", "accuracy by micrograph", "more", lambda row: row.by_micrograph,
        "Accuracy if every patch is given the class of its micrograph, that of the highest mean "
        "log probability over its patches. It stands beside the score of patches, and never counts "
        "for it.",
    ),
    score("precision", "macro precision", "more", lambda row: row.test["precision"]),
    score("recall", "macro recall", "more", lambda row: row.test["recall"]),
    columns.PROVENANCE,
    *columns.EFFORT,
    columns.WORST,
    score(
        "micrographs", "mean of micrographs", "more", lambda row: row.micrograph_mean,
        "Mean over the test micrographs of their accuracy.",
    ),
    score(
        "calibration", "calibration error", "more", lambda row: row.calibration_error,
        "Expected calibration error; 0 is best.", kind="low",
    ),
)  # fmt: skip


def content(row: Row) -> RowContent:
    """Return what the page of a row shows, over all its seeds; `row` has records."""
    matrix, classes = _confusion(row), row.records[0].classes
    by_class = _by_class(matrix, classes) if matrix is not None else []
    draw: dict[str, Callable[[], Figure]] = {}
    if matrix is not None:
        draw["classes"] = functools.partial(class_scores, by_class)
        draw["confusion"] = functools.partial(confusion_matrix, matrix, classes)
    if row.evidence:
        bins = calibration.pooled([scored.reliability for scored in row.evidence.scored])
        error = rendering.value(row.calibration_error)
        draw["reliability"] = functools.partial(reliability_diagram, bins, error)
    return RowContent(
        template="classification.html",
        scores={
            "macro F1": row.test["f1"],
            "accuracy": row.test["accuracy"],
            "F1, clean patches": row.clean_f1,
            "validation F1": row.validation_f1,
            "calibration error": row.calibration_error,
        },
        draw=draw,
        values={
            "classes": by_class,
            "matrix": None if matrix is None else _shaded(matrix),
            "confused": details.confused(matrix, classes) if matrix is not None else [],
            "incorrect": None if matrix is None else int(matrix.sum() - np.trace(matrix)),
            "tested": None if matrix is None else int(matrix.sum()),
            "micrographs": _by_micrograph(row.evidence)
            if row.evidence and row.micrograph_mean
            else [],
            "reliability": curves.reliability(bins, error) if row.evidence else None,
        },
    )


def _shaded(matrix: np.ndarray) -> list[list[tuple[int, str, str]]]:
    """Return count, share of the true class and shade of every cell of a confusion matrix."""
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    return [
        [
            (int(count), f"{100 * share:.0f} %" if share >= 0.005 else "<1 %",
             shade(1 - share) if row != column else "own")
            for column, (count, share) in enumerate(zip(counts, line, strict=True))
        ]
        for row, (counts, line) in enumerate(zip(matrix, shares, strict=True))
    ]  # fmt: skip


def scores_of_seeds(row: Row) -> dict[str, list[float]]:
    """Return the scores that a record does not hold, by title, each with a value for each seed."""
    if not row.evidence:
        return {}
    scores = {"calibration error": [one.calibration_error for one in row.evidence.scored]}
    scores["accuracy by micrograph"] = [one.by_micrograph for one in row.evidence.scored]
    if row.micrograph_mean:
        scores["mean of micrographs"] = [one.micrograph_accuracy for one in row.evidence.scored]
    return scores


def clean_scores(row: Row) -> tuple[str, list[Scores]] | None:
    """Return title and scores of the clean patches, of each seed; None where all are clean."""
    if not row.evidence or row.clean_f1 is None:
        return None
    title = f"test, clean patches ({row.evidence.scored[0].clean_examples:,})"
    return title, [scored.clean for scored in row.evidence.scored if scored.clean]


def _confusion(row: Row) -> np.ndarray | None:
    """Return the sum over the seeds, None where a record holds none."""
    matrices = [record.confusion for record in row.records if record.confusion]
    return np.sum(matrices, axis=0) if len(matrices) == len(row.records) else None


def _by_class(matrix: np.ndarray, classes: Sequence[str]) -> list[ClassScores]:
    scores = [values.tolist() for values in metrics.of_classes(matrix).values()]
    lines = zip(classes, *scores, matrix.sum(axis=1).tolist(), strict=True)
    return [ClassScores(*line) for line in lines]


def _by_micrograph(evidence: Evidence) -> list[MicrographScores]:
    """Return the sums over the seeds, the lowest accuracy first."""
    sums: dict[str, list[int]] = {}
    for scored in evidence.scored:
        for micrograph in scored.micrographs:
            counts = sums.setdefault(micrograph.name, [0, 0])
            counts[0] += micrograph.patches
            counts[1] += micrograph.correct
    scores = [MicrographScores(name, *counts) for name, counts in sums.items()]
    return sorted(scores, key=lambda scores: (scores.accuracy, -scores.patches, scores.name))
