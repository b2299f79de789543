"""The predictions behind a row of a table: scored again, and compared with its records."""

import contextlib
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from leaderboard.predictions.text import PredictionsError
from leaderboard.results.record import RecordError

EXACT = 1e-9  # how far a record's score may lie from that of its predictions

Truth = TypeVar("Truth")
Predictions = TypeVar("Predictions")
Scored = TypeVar("Scored")


@dataclass(frozen=True)
class Evidence(Generic[Truth, Predictions, Scored]):
    """Predictions of the seeds of one row, scored.

    Attributes:
      truth: ground truth of test; predictions: on test by each seed, in the row's order; scored:
        the same, scored; validation: those of validation, scored; () where a submission has none.
    """

    truth: Truth
    predictions: tuple[Predictions, ...]
    scored: tuple[Scored, ...]
    validation: tuple[Scored, ...] = ()

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
