"""The predictions behind a row of a table: scored again, and compared with its records."""

import contextlib
import itertools
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

from leaderboard.files.names import is_own, shown
from leaderboard.metrics import sketches
from leaderboard.metrics.sketches import Sketch
from leaderboard.predictions import signatures
from leaderboard.predictions.signatures import Signature
from leaderboard.predictions.text import PredictionsError
from leaderboard.results import store as records
from leaderboard.results.record import NETWORK_OF, Record, RecordError
from leaderboard.tasks import TASKS, part

# Settings that name another record of the same seed.
NAME_RUNS = ("detector", "classifier", NETWORK_OF)
EXACT = 1e-9  # how far a record's score may lie from that of its predictions

Likeness: TypeAlias = tuple[tuple[Signature, ...], tuple[Sketch, ...]]  # by seed
Truth = TypeVar("Truth")
Predictions = TypeVar("Predictions")
Scored = TypeVar("Scored")


@dataclass(frozen=True)
class Evidence(Generic[Truth, Predictions, Scored]):
    """Predictions of the seeds of one row, scored.

    Attributes:
      truth: ground truth of test; predictions: on test by each seed, in the row's order; scored:
        the same, scored; validation: those of validation, scored; () where a submission has none.
      signatures, sketches: of the predictions on test, see `predictions.signatures` and
        `metrics.sketches`.
    """

    truth: Truth
    predictions: tuple[Predictions, ...]
    scored: tuple[Scored, ...]
    validation: tuple[Scored, ...] = ()
    signatures: tuple[Signature, ...] = ()
    sketches: tuple[Sketch, ...] = ()

    def residuals(self, name: str) -> NDArray[np.float64]:
        """Return how much each micrograph moves one score, (seeds, micrographs)."""
        return np.stack([scored.residuals[name] for scored in self.scored])  # type: ignore[attr-defined]


@contextlib.contextmanager
def reading_predictions(record_file: Path) -> Iterator[None]:
    """Turn a `PredictionsError` into a `RecordError` that names the record, too."""
    try:
        yield
    except PredictionsError as error:
        raise RecordError(
            f"{error} They are those of {record_file}: restore them, or take the record away, too."
        ) from error


def compare(
    record_file: Path, predictions_file: Path, scores: Mapping[str, tuple[float, float]]
) -> None:
    """Raise `RecordError` where a recorded score is not that of the predictions.

    Args:
      scores: that of the predictions, and the recorded one, by what the message calls it.
    """
    for name, (computed, recorded) in scores.items():
        if not math.isclose(computed, recorded, abs_tol=EXACT):
            raise RecordError(
                f"{record_file}: {name} is {recorded:.6f}, but its predictions {predictions_file} "
                f"give {computed:.6f}; expected the same. Restore both from version control, or "
                "score them again: with python -m leaderboard.submit, or by another run."
            )


def compare_intervals(
    root: Path, record: Record, intervals: Mapping[str, tuple[float, float]]
) -> None:
    """Raise `RecordError` where a record's intervals are not about those of its predictions.

    They may have been computed by an earlier method. So the ends of a fraction's interval may
    differ by half of its width, those of a count by all of it.

    Args:
      intervals: by score, as computed from the predictions on test.
    """
    record_file = records.path(root, record)
    predictions_file = records.predictions_path(root, record, "test")
    for name, (low, high) in intervals.items():
        ends = (record.intervals or {}).get(name)
        is_fraction = name in TASKS[record.task].fractions
        slack = (high - low) * (0.5 if is_fraction else 1) + 0.02
        if ends and max(abs(ends[0] - low), abs(ends[1] - high)) > slack:
            raise RecordError(
                f"{record_file}: the interval of {name} is [{ends[0]:.3f}, {ends[1]:.3f}], but "
                f"{predictions_file} gives [{low:.3f}, {high:.3f}]; expected about the same. "
                "Compute them again: python -m leaderboard.intervals"
            )


def table_of(root: Path, record: Record) -> Path | None:
    """Return the shipped ground-truth table that a record is scored by; None where none is shipped.

    A table of a config in any version binds its records: one of another version, another task, a
    name that differs only by case, or another data set would otherwise stand in a table with the
    scores that it claims.

    Raises:
      RecordError: a table of the config is shipped, but not for this record; or the record names
        the predictions of another.
    """
    record_file = records.path(root, record)
    own = records.predictions_path(root, record, "test")
    stated = record.predictions
    if stated is not None and root / stated != own:
        raise RecordError(
            f"{record_file}: predictions: found {stated}, expected "
            f"{own.relative_to(root).as_posix()}, those of this run. Correct the field."
        )
    tables = {
        (task, *key): file
        for task in TASKS
        for key, file in part("ground_truth", task).known().items()
    }
    # One's own images may be called as a config is: folder/mirror_11class. Any other data set of
    # that config would be a table beside the real one, with the scores that its records claim.
    name = record.data if is_own(record.data) else record.config
    known = {
        (task, data)
        for task, data, _ in tables
        if name.casefold() in (data.casefold(), data.rpartition("/")[2].casefold())
    }
    if not known:
        return None
    task, data = next(iter(known))
    versions = sorted(version for t, d, version in tables if (t, d) == (task, data))
    wanted = (record.task, record.data, record.data_version)
    if (record.task, record.data) != (task, data) or record.data_version not in versions:
        raise RecordError(
            f"{record_file}: found {', '.join(wanted)}; expected {task}, {data}, "
            f"{' or '.join(versions)}: the ground truth of these data is shipped, and every row is "
            "scored by it. Train on that version, or add the table of the new one: python -m "
            "benchmark.ground_truth DATASET/CONFIG FOLDER"
        )
    return tables[wanted]


def check_classes(root: Path, record: Record, classes: Sequence[str], in_order: bool) -> None:
    """Raise `RecordError` where a record has other classes than its ground truth.

    Args:
      in_order: their order counts, too, because the record's numbers follow it.
    """
    found = record.classes if in_order else sorted(record.classes)
    expected = list(classes) if in_order else sorted(classes)
    if found != expected:
        raise RecordError(
            f"{records.path(root, record)}: classes: found {', '.join(record.classes)}; expected "
            f"{', '.join(classes)}{', in this order' if in_order else ''}: those of the ground "
            "truth. Restore the record, or score the predictions again."
        )


def check_alike(root: Path, group: Sequence[Record]) -> None:
    """Raise `RecordError` where seeds of one row state another network or training.

    A row shows what its first record states; the others would stand behind it unseen. Fields that
    a record lacks are passed over: older ones have fewer.
    """
    for record in group[1:]:
        for name, expected, found in _differences(group[0], record):
            raise RecordError(
                f"{records.path(root, record)}: {name}: found {shown(found)}, expected "
                f"{shown(expected)} as in seed {group[0].seed} of the same row. Restore it from "
                "version control, or give the other training a recipe of its own."
            )


def _differences(first: Record, record: Record) -> Iterator[tuple[str, object, object]]:
    for name in ("parameters_trainable", "parameters_total", "pretraining", "extra_data"):
        expected, found = getattr(first, name), getattr(record, name)
        if expected not in (None, "") and found not in (None, "") and expected != found:
            yield name, expected, found
    for name in first.recipe_settings.keys() & record.recipe_settings.keys():
        expected, found = (_setting(one, name) for one in (first, record))
        if expected != found:
            yield f"recipe_settings[{name!r}]", expected, found


def check_seeds(
    root: Path,
    group: Sequence[Record],
    found: Sequence[Signature],
    of_deviations: Sequence[Sketch] = (),
) -> None:
    """Raise `RecordError` where two seeds of one row hold the predictions of one training.

    Args:
      found: signatures, of_deviations: sketches of the predictions of each.
    """
    for first, second in itertools.combinations(range(len(group)), 2):
        answers = signatures.shared(found[second], found[first]) if found[second] else 0.0
        is_same = answers >= signatures.SAME
        if of_deviations:
            pair = of_deviations[second], of_deviations[first]
            is_same |= sketches.between_seeds(*pair, group[0].task)[1]
        if is_same:
            raise RecordError(
                f"{records.path(root, group[second])}: its predictions are those of seed "
                f"{group[first].seed}, or differ in hardly an answer; expected those of a "
                "training of its own. Take the copy away, and train that seed."
            )


def _setting(record: Record, name: str) -> object:
    """Return a setting; some name a run, whose seed is that of the record."""
    value = record.recipe_settings[name]
    if name in NAME_RUNS and isinstance(value, str):
        return value.removesuffix(f"-s{record.seed}")
    return value
