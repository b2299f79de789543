"""The rows of a table: runs that differ only in their seed become one."""

import statistics
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.detection import BoxTable
from leaderboard.metrics.intervals import ends
from leaderboard.results import classification as evidence
from leaderboard.results import detection as detection_evidence
from leaderboard.results.classification import Evidence
from leaderboard.results.record import Record
from leaderboard.results.record_checks import CLASSIFICATION, DETECTION, SCORES_OF
from leaderboard.scoring.classification import Scored


@dataclass(frozen=True)
class Value:
    """A number, or the mean of several.

    Attributes:
      mean: the number itself when there is one only.
      std: sample standard deviation over the seeds; None when there is one only.
      interval: 95 % interval of the mean over these seeds, from a bootstrap over micrographs; None
        where it is not known.
    """

    mean: float
    std: float | None = None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Row:
    """One row of a table; None and "" stand for not known."""

    data: str
    model: str
    initialization: str
    recipe: str
    seeds: str
    test: Mapping[str, Value | None]  # by score, see record_checks.SCORES_OF
    validation_f1: Value | None
    image_size: int | None  # pixels of the input, from patches of 256
    parameters: int | None  # trainable
    epochs: Value | None
    seconds: Value | None
    images_per_second: Value | None
    device: str
    pretraining: str
    extra_data: str
    provenance: str
    source: str
    records: tuple[Record, ...] = ()  # by seed; none of a published row
    evidence: Evidence | None = None
    task: str = CLASSIFICATION
    confidence: Value | None = None  # of detection: from which on a find counts
    validation_ap50: Value | None = None  # of detection
    detection: detection_evidence.Evidence | None = None  # instead of `evidence`

    @property
    def behind(self) -> Evidence | detection_evidence.Evidence | None:
        """The evidence of either task."""
        return self.evidence or self.detection

    @property
    def micrograph_mean(self) -> Value | None:
        """Mean over the test micrographs of their accuracy."""
        return self._of_scored(lambda one: one.micrograph_accuracy)

    @property
    def clean_f1(self) -> Value | None:
        """Macro F1 of the test patches whose field no other split shows; None if all are so."""
        if not self.evidence or self.evidence.table.clean.all():
            return None
        found = [(one.clean.f1, one.clean_draws["f1"]) for one in self.evidence.scored if one.clean]
        value = value_of(score for score, _ in found)
        return value and _with_interval(value, [drawn for _, drawn in found])

    @property
    def calibration_error(self) -> Value | None:
        """Expected calibration error."""
        return self._of_scored(lambda one: one.calibration_error)

    @property
    def worst_class(self) -> tuple[str, Value] | None:
        """Name and F1 of the class with the lowest mean F1 over the seeds."""
        if not self.behind:
            return None
        found = zip(*(one.classes for one in self.behind.scored), strict=True)
        by_class = [(group[0].name, value_of(one.f1 for one in group)) for group in found]
        known = [(name, value) for name, value in by_class if value]
        return min(known, key=lambda pair: pair[1].mean)

    def _of_scored(self, number: Callable[[Scored], float]) -> Value | None:
        return value_of(number(one) for one in self.evidence.scored) if self.evidence else None


def rows_of(
    records: Iterable[Record],
    root: Path | None = None,
    tables: Mapping[str, BoxTable] | None = None,
) -> list[Row]:
    """Make one row of all finished records that differ only in their seed.

    Records made on different data (version or content hash) are never averaged.

    Args:
      root: folder of the records, for what their predictions say beside the scores.
      tables: the boxes of detectors' data, by split; those that are shipped, where not given.

    Raises:
      RecordError: predictions are missing, or do not give a record's scores.
    """
    groups: dict[tuple[str, ...], list[Record]] = defaultdict(list)
    for one in records:
        if one.status == "finished":
            made_on = (one.data, one.task, one.data_version, one.content_hash, *one.classes)
            names = (one.model, one.initialization, one.recipe, one.provenance, one.submission)
            groups[(*made_on, *names)].append(one)
    by_seed = (sorted(group, key=lambda one: one.seed) for group in groups.values())
    return [_row(group, root, tables) for group in by_seed]


def ranked(rows: Iterable[Row]) -> list[Row]:
    """Return the rows by falling F1, those without one last, ties by name."""

    def place(row: Row) -> tuple[float, str, str, str, str]:
        f1 = row.test["f1"]
        return (
            -f1.mean if f1 else 1.0,
            row.model.lower(),
            row.initialization,
            row.recipe,
            row.provenance,
        )

    return sorted(rows, key=place)


def _row(group: list[Record], root: Path | None, tables: Mapping[str, BoxTable] | None) -> Row:
    first = group[0]
    boxed = first.task == DETECTION
    of_patches = evidence.of(root, group) if root and not boxed else None
    of_boxes = detection_evidence.of(root, group, tables) if root and boxed else None
    found = of_patches or of_boxes
    test = {
        name: value_of(one.test[name] if one.test else None for one in group)
        for name in SCORES_OF[first.task]
    }
    validation = _on_validation("f1", group)
    own = first.intervals if len(group) == 1 and first.intervals else {}
    for name, value in test.items():
        if value and found and name in found.scored[0].draws:
            test[name] = _with_interval(value, found.draws(name))
        elif value and name in own:
            test[name] = Value(value.mean, value.std, (own[name][0], own[name][1]))
    if validation and found:
        drawn = [one.draws["f1"] for one in found.validation]
        validation = _with_interval(validation, drawn)
    return Row(
        data=first.data,
        model=first.model,
        initialization=first.initialization,
        recipe=first.recipe,
        seeds=", ".join(str(one.seed) for one in group),
        test=test,
        validation_f1=validation,
        image_size=_image_size(first),
        parameters=first.parameters_trainable,
        epochs=value_of(one.epochs for one in group),
        seconds=value_of(one.seconds for one in group),
        images_per_second=value_of(one.images_per_second for one in group),
        device=", ".join(sorted({one.device for one in group if one.device})),
        pretraining=first.pretraining,
        extra_data=first.extra_data,
        provenance=first.provenance,
        source=first.source,
        records=tuple(group),
        evidence=of_patches,
        task=first.task,
        confidence=value_of(one.confidence for one in group),
        validation_ap50=_on_validation("ap50", group) if boxed else None,
        detection=of_boxes,
    )


def _on_validation(name: str, group: Iterable[Record]) -> Value | None:
    return value_of(one.validation[name] if one.validation else None for one in group)


def _with_interval(
    value: Value, drawn: Sequence[NDArray[np.float64]] | NDArray[np.float64]
) -> Value:
    """Add the interval of the mean over seeds, of each of which there is an array (draws,)."""
    return Value(value.mean, value.std, ends(np.mean(drawn, axis=0)))


def _image_size(record: Record) -> int | None:
    size = record.recipe_settings.get("image_size")
    return size if isinstance(size, int) else None


def value_of(numbers: Iterable[float | None]) -> Value | None:
    """Return mean and standard deviation of the numbers that are known, None where none is."""
    known = [number for number in numbers if number is not None]
    if not known:
        return None
    return Value(statistics.fmean(known), statistics.stdev(known) if len(known) > 1 else None)
