"""The page of one row: what stands behind its scores, over all its seeds."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from leaderboard.figures.classification import class_scores, reliability_diagram
from leaderboard.figures.confusion import confusion_matrix, side
from leaderboard.metrics import calibration, details
from leaderboard.metrics import classification as metrics
from leaderboard.metrics.details import ClassScores, MicrographScores
from leaderboard.ranking.rows import Row
from leaderboard.results.classification import Evidence
from leaderboard.site import rendering, row_summary
from leaderboard.submission.card import Card


def write(folder: Path, row: Row, card: Card | None, root: Path) -> None:
    """Write `index.html` of a row, its figures and its predictions into a folder.

    Args:
      folder: `rows/<data>/<config>/<row>` in the site; row: an own one, with records.
      card: of a submission; root: folder of the records.

    Raises:
      OSError: the folder cannot be written to, or predictions cannot be read.
    """
    matrix, classes = _confusion(row), row.records[0].classes
    by_class = _by_class(matrix, classes) if matrix is not None else []
    draw: dict[str, Callable[[], Figure]] = {}
    if matrix is not None:
        draw["classes"] = functools.partial(class_scores, by_class)
        draw["confusion"] = functools.partial(confusion_matrix, matrix, classes)
    if row.evidence:
        bins = calibration.pooled([one.reliability for one in row.evidence.scored])
        error = rendering.value(row.calibration_error)
        draw["reliability"] = functools.partial(reliability_diagram, bins, error)
    row_summary.write(
        row_summary.Place(folder / "index.html", "row.html"),
        row,
        root,
        shown={
            "macro F1": row.test["f1"],
            "accuracy": row.test["accuracy"],
            "F1, clean patches": row.clean_f1,
            "validation F1": row.validation_f1,
            "calibration error": row.calibration_error,
        },
        draw=draw,
        card=card,
        classes=by_class,
        confused=details.confused(matrix, classes) if matrix is not None else [],
        wrong=None if matrix is None else int(matrix.sum() - np.trace(matrix)),
        tested=None if matrix is None else int(matrix.sum()),
        micrographs=_by_micrograph(row.evidence) if row.evidence else [],
        side=round(96 * side(len(classes))),  # CSS pixels
    )


def _confusion(row: Row) -> np.ndarray | None:
    """Return the sum over the seeds, None where a record holds none."""
    found = [one.confusion for one in row.records if one.confusion]
    return np.sum(found, axis=0) if len(found) == len(row.records) else None


def _by_class(matrix: np.ndarray, classes: Sequence[str]) -> list[ClassScores]:
    columns = [column.tolist() for column in metrics.of_classes(matrix).values()]
    rows = zip(classes, *columns, matrix.sum(axis=1).tolist(), strict=True)
    return [ClassScores(*row) for row in rows]


def _by_micrograph(found: Evidence) -> list[MicrographScores]:
    """Return the sums over the seeds, the worst first."""
    sums: dict[str, list[int]] = {}
    for one in found.scored:
        for each in one.micrographs:
            held = sums.setdefault(each.name, [0, 0])
            held[0], held[1] = held[0] + each.patches, held[1] + each.correct
    scores = [MicrographScores(name, *held) for name, held in sums.items()]
    return sorted(scores, key=lambda one: (one.accuracy, -one.patches, one.name))
