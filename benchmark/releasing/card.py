"""The model card of a released model, from its record and its committed predictions."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmark.releasing.texts import INTENDED, LIMITS
from leaderboard.metrics import class_intervals, matching
from leaderboard.results.record import Record
from leaderboard.tasks import DETECTION
from tem_virus_dataset.networks.metadata import Metadata

Counts = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # as `f1_by_class` takes them


def card(
    name: str, record: Record, evidence: Any, stated: Metadata, more: Sequence[str] = ()
) -> str:
    """Return the text of a model card.

    Args:
      evidence: of the record, see `proof`; stated: of the file, or of the detector of a pair.
      more: paragraphs after the scores.
    """
    scale = f"{stated.nm_per_pixel:g} nm per pixel" if stated.nm_per_pixel else "as they are"
    parts = [
        f"# {name}",
        INTENDED[name] + " **Not for diagnosis.**",
        "## What it was trained on",
        f"`{record.model}`, recipe `{record.recipe}`, seed {record.seed}, trained on "
        f"`{record.data}` version {record.data_version}. Images are rescaled to {scale}.",
        f"Source of the data: {stated.training_data}. Their licence: {stated.licence}. "
        f"Pretraining: {stated.pretraining}.",
        f"Record: `{record.config}/{record.run}`, with its predictions. {record.notes}".rstrip(),
        "## Scores on test micrographs",
        "\n".join(_overall(record)),
        "Intervals are of 95 %, over micrographs.",
        "\n".join(_by_class(record, evidence)),
        *more,
        "## What it cannot do",
        "\n".join(f"* {limit}" for limit in LIMITS[name]),
    ]
    return "\n\n".join(parts) + "\n"


def _overall(record: Record) -> list[str]:
    lines = ["| score | |", "|---|---|"]
    for name, value in (record.test or {}).items():
        ends = (record.intervals or {}).get(name)
        between = f" [{ends[0]:.3f}, {ends[1]:.3f}]" if ends else ""
        lines.append(f"| {name} | {value:.3f}{between} |")
    return lines


def _by_class(record: Record, evidence: Any) -> Sequence[str]:
    (scored,) = evidence.scored
    counts: Any = _counts_detection if record.task == DETECTION else _counts_classification
    intervals = class_intervals.f1_by_class(*counts(evidence, scored))
    what = "boxes" if record.task == DETECTION else "patches"
    lines = [f"| class | {what} | precision | recall | F1 |", "|---|---|---|---|---|"]
    for one, (low, high) in zip(scored.classes, intervals, strict=True):
        number = one.boxes if record.task == DETECTION else one.support
        lines.append(
            f"| {one.name} | {number} | {one.precision:.2f} | {one.recall:.2f} | {one.f1:.2f} "
            f"[{low:.2f}, {high:.2f}] |"
        )
    return lines


def _counts_classification(evidence: Any, scored: Any) -> Counts:
    truth, probabilities = evidence.truth, evidence.predictions[0]
    names, index = np.unique(truth.micrographs, return_inverse=True)
    predicted = probabilities.argmax(axis=1)
    shape = len(names), len(truth.classes)
    true = class_intervals.counts(index, truth.labels, shape)
    right = predicted == truth.labels
    return (
        class_intervals.counts(index[right], predicted[right], shape),
        class_intervals.counts(index, predicted, shape),
        true,
        true.argmax(axis=1),
    )


def _counts_detection(evidence: Any, scored: Any) -> Counts:
    truth, found = evidence.truth, evidence.predictions[0]
    shape = len(truth), len(truth.classes)
    counted = found.confidence >= scored.confidence
    right = counted & (scored.matched != matching.NONE)
    return (
        class_intervals.counts(found.micrographs[right], found.labels[right], shape),
        class_intervals.counts(found.micrographs[counted], found.labels[counted], shape),
        class_intervals.counts(truth.micrographs, truth.labels, shape),
        truth.strata,
    )
