"""The page of one detector's row: what stands behind its scores, over all its seeds."""

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from leaderboard.figures.classification import class_scores
from leaderboard.figures.detection import confidence_curves, precision_recall
from leaderboard.metrics import details
from leaderboard.ranking.rows import Row, Value, value_of
from leaderboard.results.detection import Evidence
from leaderboard.scoring.detection import MicrographScores
from leaderboard.site import rendering, row_summary

COLUMNS = ("precision", "recall", "f1", "ap50", "ap50_95")


def write(place: row_summary.Place, row: Row, root: Path, **more: Any) -> None:
    """Write the page of a row, its figures and its detections.

    Args:
      row: an own one, with records; root: folder of the records.
      more: what the template needs beside what `detector.html` does.

    Raises:
      OSError: the folder cannot be written to, or detections cannot be read.
    """
    draw: dict[str, Callable[[], Figure]] = {}
    found = row.evidence
    by_class = _by_class(found) if found else []
    if found:
        curves = [one.curve for one in found.scored]
        chosen = [one.confidence for one in found.scored]
        draw["confidence"] = functools.partial(confidence_curves, curves, chosen)
        draw["precision-recall"] = functools.partial(precision_recall, curves)
        draw["classes"] = functools.partial(class_scores, [_of_figure(*one) for one in by_class])
    row_summary.write(
        place,
        row,
        root,
        shown={
            "F1": row.test["f1"],
            "AP50": row.test["ap50"],
            "AP50-95": row.test["ap50_95"],
            "count error": row.test["count_error"],
            "validation F1": row.validation_f1,
            "validation AP50": row.validation_ap50,
        },
        draw=draw,
        classes=[(n, boxes, [rendering.value(v) for v in values]) for n, boxes, values in by_class],
        micrographs=_by_micrograph(found) if found else [],
        **more,
    )


def _by_class(found: Evidence) -> list[tuple[str, int, list[Value | None]]]:
    """Return name, number of boxes and the scores of `COLUMNS`, over the seeds."""
    return [
        (
            group[0].name,
            group[0].boxes,
            [value_of(getattr(one, name) for one in group) for name in COLUMNS],
        )
        for group in zip(*(one.classes for one in found.scored), strict=True)
    ]


def _of_figure(name: str, boxes: int, values: Sequence[Value | None]) -> details.ClassScores:
    precision, recall, f1 = (value.mean if value else 0.0 for value in values[:3])
    return details.ClassScores(name, precision, recall, f1, boxes)


def _by_micrograph(found: Evidence) -> list[MicrographScores]:
    """Return the sums over the seeds, the most misses and false alarms first."""
    by_name = [{one.name: one for one in scored.micrographs} for scored in found.scored]
    sums = [
        MicrographScores(
            name,
            sum(each[name].boxes for each in by_name),
            sum(each[name].detections for each in by_name),
            sum(each[name].correct for each in by_name),
        )
        for name in by_name[0]
    ]
    return sorted(sums, key=lambda one: (-one.errors, one.name))
