"""What the scores of a card follow from: the committed predictions of its record, scored once."""

from pathlib import Path
from typing import Any

from benchmark.errors import BenchmarkError
from leaderboard.results import classification, detection
from leaderboard.results.record import Record
from leaderboard.tasks import DETECTION


def read(file: Path, record: Record) -> Any:
    """Return the `leaderboard.results.evidence.Evidence` of a record.

    It takes seconds: thousands of boxes are matched.

    Args:
      file: of the record, in its place.

    Raises:
      BenchmarkError: there is no ground truth. RecordError: a score does not follow from it.
    """
    of_task: Any = detection if record.task == DETECTION else classification
    evidence = of_task.read_evidence(file.resolve().parents[1], [record])
    if evidence is None:
        raise BenchmarkError(
            f"{record.run}: no ground truth of {record.data} is shipped; expected a table, for the "
            "scores by class. Write it with python -m benchmark.ground_truth."
        )
    return evidence
