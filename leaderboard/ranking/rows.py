"""One row of a table, of either task, and the values in it."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leaderboard.metrics import intervals
from leaderboard.predictions.signatures import Signature
from leaderboard.results.evidence import Evidence
from leaderboard.results.record import Record

FEWEST_SEEDS = 3  # of a row that is ranked; rows of fewer come after them


@dataclass(frozen=True)
class Value:
    """A number, or the mean of several.

    Attributes:
      mean: the number itself when there is only one.
      std: sample standard deviation over the seeds; None when there is only one.
      interval: 95 % interval of the mean over micrographs, and over seeds where there are several;
        None where it is not known.
    """

    mean: float
    std: float | None = None
    interval: tuple[float, float] | None = None


@dataclass(frozen=True)
class Rescored:
    """What remains of the predictions behind a row where rows are compared; a few kilobytes.

    It is kept in the cache of `leaderboard.cached_rows`: fields hold plain values, dataclasses of
    them, and float64 arrays.

    Attributes:
      scores: (seeds,) F1 on test, of classifiers macro F1, in the row's order.
      residuals: (seeds, micrographs) how much each micrograph moves it, see `metrics.jackknife`;
        of two rows with the same ground truth they are pairs.
      worst_class: name and F1 of the class with the lowest mean F1 over the seeds.
      class_f1: F1 of every class on test, the mean over the seeds, in label order.
    """

    scores: NDArray[np.float64]
    residuals: NDArray[np.float64]
    worst_class: tuple[str, Value]
    class_f1: dict[str, float]


@dataclass(frozen=True)
class Row:
    """One row of a table; None and "" mean not known."""

    task: str  # see tasks.TASKS
    data: str
    model: str
    initialization: str
    recipe: str
    seeds: str
    test: Mapping[str, Value | None]  # by tasks.TASKS[task].scores
    validation_f1: Value | None
    image_size: int | None  # pixels of the input
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
    rescored: Rescored | None = None  # None where no predictions of it were scored
    # predictions and all scores, as `results.<task>` reads them; None in rows from the cache
    evidence: Evidence[Any, Any, Any] | None = None
    nm_per_pixel: float | None = None  # of the input
    images_shown: Value | None = None  # of one training: patches or images, over all epochs
    cpu_hours: Value | None = None  # of one training
    by_micrograph: Value | None = None  # of classifiers: accuracy with one class for a micrograph
    micrograph_mean: Value | None = None  # of classifiers: mean over micrographs of the accuracy
    clean_f1: Value | None = None  # of classifiers: macro F1 of clean patches, if not all are clean
    calibration_error: Value | None = None  # of classifiers: expected calibration error
    confidence: Value | None = None  # of detectors: threshold from which on detections count
    validation_ap50: Value | None = None  # of detectors
    # of detectors, by `scoring.detection.COMPANIONS`: what boxes that are missing hardly lower
    companions: Mapping[str, Value | None] = field(default_factory=dict)
    # of the predictions on test by each seed, see `predictions.signatures`
    signatures: tuple[Signature, ...] = ()
    sketches: tuple[NDArray[np.float64], ...] = ()  # of the same, see `metrics.sketches`

    @property
    def is_complete(self) -> bool:
        """Whether it has enough seeds to be ranked and compared with; a published row counts so."""
        return not self.records or len(self.records) >= FEWEST_SEEDS

    @property
    def is_rescored(self) -> bool:
        """Whether its scores were computed here, from predictions and a shipped ground truth."""
        return self.rescored is not None

    @property
    def retired(self) -> str:
        """Why its authors no longer stand by the row, or which submission follows it; "" mostly."""
        first = self.records[0] if self.records else None
        if first and first.withdrawn:
            return f"withdrawn: {first.withdrawn}"
        return f"superseded by {first.superseded_by}" if first and first.superseded_by else ""

    @property
    def date(self) -> str:
        """Day that its authors state, else that of its last record; "" of a published row."""
        stated = self.records[0].submitted if self.records else ""
        return stated or max((record.created[:10] for record in self.records), default="")

    @property
    def paper(self) -> str:
        """Address of the paper that its authors name, or ""."""
        return self.records[0].paper if self.records else ""

    @property
    def weights_licence(self) -> str:
        """Licence of its weights that its authors state, or ""."""
        return self.records[0].weights_licence if self.records else ""

    @property
    def is_one_seed(self) -> bool:
        """Whether it is a single training of this project or of a submission."""
        return len(self.records) == 1

    @property
    def worst_class(self) -> tuple[str, Value] | None:
        """Name and F1 of the class with the lowest mean F1 over the seeds."""
        return self.rescored.worst_class if self.rescored else None


def ranked(rows: Iterable[Row]) -> list[Row]:
    """Return the rows by falling F1, ties by name.

    Those of too few seeds come after all others, then those without F1, and last those that their
    authors took back.
    """

    def order(row: Row) -> tuple[bool, bool, bool, float, str, str, str, str]:
        f1 = row.test["f1"]
        return (
            bool(row.retired),
            f1 is None,
            not row.is_complete,
            -f1.mean if f1 else 1.0,
            row.model.lower(),
            row.initialization,
            row.recipe,
            row.provenance,
        )

    return sorted(rows, key=order)


def value_of(numbers: Iterable[float | None]) -> Value | None:
    """Return mean and standard deviation of the numbers that are known, None where none is."""
    known = [number for number in numbers if number is not None]
    if not known:
        return None
    return Value(statistics.fmean(known), statistics.stdev(known) if len(known) > 1 else None)


def rescored(evidence: Evidence[Any, Any, Any]) -> Rescored:
    """Return what the comparison of rows needs of the predictions of a row."""
    by_class = zip(*(scored.classes for scored in evidence.scored), strict=True)
    f1 = [(seeds[0].name, value_of(scores.f1 for scores in seeds)) for seeds in by_class]
    known = [(name, value) for name, value in f1 if value]
    return Rescored(
        scores=np.array([scored.scores.f1 for scored in evidence.scored]),
        residuals=evidence.residuals("f1"),
        worst_class=min(known, key=lambda pair: pair[1].mean),
        class_f1={name: value.mean for name, value in known},
    )


def with_interval(
    value: Value, name: str, scores: Sequence[float], residuals: Sequence[NDArray[np.float64]]
) -> Value:
    """Add the interval of the mean over the seeds.

    Args:
      name: of the score; scores: of each seed; residuals: (micrographs,) of each seed.
    """
    ends = intervals.of_row(scores, np.stack(residuals), intervals.bounds(name))
    return Value(value.mean, value.std, ends)
