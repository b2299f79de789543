"""A detector on the site: the columns of its table, and the content of its row's page."""

import functools
from collections.abc import Callable, Sequence

from matplotlib.figure import Figure

from leaderboard.figures.classification import class_scores
from leaderboard.figures.detection import confidence_curves, precision_recall
from leaderboard.metrics import details
from leaderboard.metrics.froc import RATES
from leaderboard.ranking.rows import Row, Value, value_of
from leaderboard.results.detection import Evidence
from leaderboard.scoring.detection import COMPANIONS, MicrographScores
from leaderboard.site.boards import columns
from leaderboard.site.boards.column import Column, score
from leaderboard.site.drawings import curves as drawn_curves
from leaderboard.site.row_content import RowContent
from leaderboard.site.text import rendering

RECALL = (
    "The highest recall of all classes together, with {rate:g} or fewer false positives a "
    "micrograph in the mean, over all confidences. Particles that nobody annotated lower it less "
    "than F1."
)


def _companion(name: str, level: str, about: str) -> Column:
    """Return the column of a score that no record holds."""
    return score(name, COMPANIONS[name], level, lambda row: row.companions.get(name), about)


COLUMNS = (
    score(
        "f1", "F1 [95 %]", "key", lambda row: row.test["f1"],
        "Of detectors: of the detections of all classes together, at the confidence threshold that "
        "is best on validation. A detection is correct if its intersection over union (IoU) with a "
        "box of its class is at least 0.5.", with_interval=True,
    ),
    columns.AGAINST,
    score(
        "ap50", "AP50", "key", lambda row: row.test["ap50"],
        "Average precision over all confidences at an IoU of 0.5, mean over the classes.",
    ),
    score(
        "ap50_95", "AP50-95", "wide", lambda row: row.test["ap50_95"],
        "Average precision, mean over ten IoU thresholds from 0.50 to 0.95.",
    ),
    _companion(
        "ap50_round", "more",
        "AP50, mean over the classes but Ebola and Marburg, whose boxes hold whole filaments.",
    ),
    *(
        _companion(
            f"recall_at_{rate:g}", "more", RECALL.format(rate=rate)
        )
        for rate in RATES
    ),
    score(
        "validation_ap50", "validation AP50", "more", lambda row: row.validation_ap50,
        "AP50 on the validation split.",
    ),
    columns.VALIDATION,
    score(
        "precision", "precision", "more", lambda row: row.test["precision"],
        "Share of the detections that are correct, at the confidence threshold.",
    ),
    score(
        "recall", "recall", "more", lambda row: row.test["recall"],
        "Share of the particles that are detected, at the confidence threshold.",
    ),
    score(
        "count_error", "count error", "wide", lambda row: row.test["count_error"],
        "In particles: mean over the micrographs of the absolute difference between the numbers "
        "of detections and of particles.", kind="low",
    ),
    score(
        "count_bias", "count bias", "more", lambda row: row.test["count_bias"],
        "The same with its sign: positive where there are too many detections.", kind="low",
    ),
    score(
        "confidence", "confidence threshold", "more", lambda row: row.confidence,
        "Detections count from this confidence on; it is chosen on validation.",
    ),
    columns.PROVENANCE,
    *columns.EFFORT,
    columns.WORST,
)  # fmt: skip
AT_THE_TOP = ("ap50_round", "recall_at_1")  # companions above the table of all scores
CLASS_SCORES = ("precision", "recall", "f1", "ap50", "ap50_95")


def content(row: Row) -> RowContent:
    """Return what the page of a row shows, over all its seeds; `row` has records."""
    draw: dict[str, Callable[[], Figure]] = {}
    by_class = _by_class(row.evidence) if row.evidence else []
    if row.evidence:
        curves = [scored.curve for scored in row.evidence.scored]
        thresholds = [scored.confidence for scored in row.evidence.scored]
        draw["confidence"] = functools.partial(confidence_curves, curves, thresholds)
        draw["precision-recall"] = functools.partial(precision_recall, curves)
        draw["classes"] = functools.partial(class_scores, [_of_figure(*line) for line in by_class])
    return RowContent(
        template="detection.html",
        scores={
            "F1": row.test["f1"],
            "AP50": row.test["ap50"],
            **{COMPANIONS[name]: row.companions.get(name) for name in AT_THE_TOP},
            "count error": row.test["count_error"],
            "validation F1": row.validation_f1,
        },
        draw=draw,
        values={
            "classes": [
                (name, boxes, [rendering.value(value) for value in values])
                for name, boxes, values in by_class
            ],
            "class_scores": [_of_figure(*line) for line in by_class],
            "plots": [
                drawn_curves.over_confidence(curves, thresholds),
                drawn_curves.precision_recall(curves, [record.seed for record in row.records]),
            ]
            if row.evidence
            else [],
            "micrographs": _by_micrograph(row.evidence) if row.evidence else [],
        },
    )


def scores_of_seeds(row: Row) -> dict[str, list[float]]:
    """Return the scores that a record does not hold, by title, each with a value for each seed."""
    if not row.evidence:
        return {}
    return {
        title: [scored.companions[name] for scored in row.evidence.scored]
        for name, title in COMPANIONS.items()
        if row.companions.get(name)
    }


def clean_scores(row: Row) -> None:
    """Return None: the audit lists fields of patches, not of whole micrographs."""
    return


def _by_class(evidence: Evidence) -> list[tuple[str, int, list[Value | None]]]:
    """Return name, number of boxes and the scores of `CLASS_SCORES`, over the seeds."""
    return [
        (
            seeds[0].name,
            seeds[0].boxes,
            [value_of(getattr(scores, name) for scores in seeds) for name in CLASS_SCORES],
        )
        for seeds in zip(*(scored.classes for scored in evidence.scored), strict=True)
    ]


def _of_figure(name: str, boxes: int, values: Sequence[Value | None]) -> details.ClassScores:
    precision, recall, f1 = (value.mean if value else 0.0 for value in values[:3])
    return details.ClassScores(name, precision, recall, f1, boxes)


def _by_micrograph(evidence: Evidence) -> list[MicrographScores]:
    """Return the sums over the seeds, the most errors first."""
    by_name = [{one.name: one for one in scored.micrographs} for scored in evidence.scored]
    sums = [
        MicrographScores(
            name,
            sum(seed[name].boxes for seed in by_name),
            sum(seed[name].detections for seed in by_name),
            sum(seed[name].correct for seed in by_name),
        )
        for name in by_name[0]
    ]
    return sorted(sums, key=lambda scores: (-scores.errors, scores.name))
