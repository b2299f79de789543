"""Rows from records: runs that differ only in their seed become one row."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from leaderboard.ranking.rows import Row, Value, rescored, value_of, with_interval
from leaderboard.results.evidence import check_alike, compare_intervals
from leaderboard.results.record import Record
from leaderboard.tasks import TASKS, part


def rows_of(
    records: Iterable[Record],
    root: Path | None = None,
    truths: Mapping[str, Any] | None = None,
) -> list[Row]:
    """Return one row for all finished records that differ only in their seed.

    Records of different data (version or content hash) are never averaged.

    Args:
      root: folder of the records; with it, their predictions are read and give intervals and more.
      truths: ground truth by split; without it, the tables that are shipped.

    Raises:
      RecordError: predictions are missing, or do not give a record's scores.
    """
    return [row_of(group, root, truths) for group in grouped(records)]


def grouped(records: Iterable[Record]) -> list[list[Record]]:
    """Return the finished records that are one row each, by seed."""
    groups: dict[tuple[str, ...], list[Record]] = defaultdict(list)
    for record in records:
        if record.status == "finished":
            data = (record.data, record.task, record.data_version, record.content_hash)
            names = (record.model, record.initialization, record.recipe)
            origin = (record.provenance, record.submission)
            groups[(*data, *record.classes, *names, *origin)].append(record)
    return [sorted(group, key=lambda record: record.seed) for group in groups.values()]


def row_of(
    group: list[Record], root: Path | None = None, truths: Mapping[str, Any] | None = None
) -> Row:
    """Return the row of records that differ only in their seed; as `rows_of` does."""
    first = group[0]
    results = part("results", first.task)
    if root:
        check_alike(root, group)
    evidence = results.read_evidence(root, group, truths) if root else None
    if root and evidence and truths is None:  # else micrographs may be known otherwise
        for record, scored in zip(group, evidence.scored, strict=True):
            compare_intervals(root, record, scored.intervals)
    test = {
        name: value_of(record.test[name] if record.test else None for record in group)
        for name in TASKS[first.task].scores
    }
    # without predictions, a single run has the interval that its record holds
    own = first.intervals if len(group) == 1 and first.intervals else {}
    for name, value in test.items():
        if value and evidence and name in evidence.scored[0].residuals:
            scores = [getattr(scored.scores, name) for scored in evidence.scored]
            test[name] = with_interval(value, name, scores, evidence.residuals(name))
        elif value and name in own:
            test[name] = Value(value.mean, value.std, (own[name][0], own[name][1]))
    validation = value_of(
        record.validation["f1"] if record.validation else None for record in group
    )
    if validation and evidence:
        f1 = [scored.scores.f1 for scored in evidence.validation]
        residuals = [scored.residuals["f1"] for scored in evidence.validation]
        validation = with_interval(validation, "f1", f1, residuals)
    image_size = first.recipe_settings.get("image_size")
    return Row(
        task=first.task,
        data=first.data,
        model=first.model,
        initialization=first.initialization,
        recipe=first.recipe,
        seeds=", ".join(str(record.seed) for record in group),
        test=test,
        validation_f1=validation,
        image_size=image_size if isinstance(image_size, int) else None,
        parameters=first.parameters_trainable,
        epochs=value_of(record.epochs for record in group),
        seconds=value_of(record.seconds for record in group),
        images_per_second=value_of(record.images_per_second for record in group),
        images_shown=value_of(_sum(record, "images") for record in group),
        cpu_hours=value_of(_hours(record) for record in group),
        device=", ".join(sorted({record.device for record in group if record.device})),
        pretraining=first.pretraining,
        extra_data=first.extra_data,
        provenance=first.provenance,
        source=first.source,
        records=tuple(group),
        rescored=rescored(evidence) if evidence else None,
        signatures=evidence.signatures if evidence else (),
        sketches=evidence.sketches if evidence else (),
        evidence=evidence,
        **part("ranking", first.task).row_values(group, evidence),
    )


def _sum(record: Record, name: str) -> float | None:
    """Return the sum of a number over the epochs, None where one of them lacks it."""
    values = [epoch.get(name) for epoch in record.history or ()]
    known = [float(value) for value in values if isinstance(value, int | float)]
    return sum(known) if values and len(known) == len(values) else None


def _hours(record: Record) -> float | None:
    seconds = _sum(record, "cpu_seconds")
    return None if seconds is None else seconds / 3600
