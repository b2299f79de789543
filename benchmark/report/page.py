"""The page of one run, whatever its task."""

from pathlib import Path

from benchmark.classification.data import Data
from benchmark.detection.data import Scenes
from benchmark.models import registry
from benchmark.report import classification_page, detection_page, runs
from benchmark.report.sources import NotHereError
from leaderboard.results.record import Record


def write(
    record: Record, data: Data | Scenes | NotHereError, root: Path, weights: Path, out: Path
) -> str:
    """Write the page of a finished run; return where it lies, relative to `out`.

    Args:
      data: of the run's config and task, or why there are none.
      root: folder of the records; weights: that of the checkpoints; out: that of the report.

    Raises:
      RecordError, PredictionsError: predictions are missing or damaged, or not those of the record.
      OSError: the folder cannot be written to.
    """
    if record.task == registry.DETECTION:
        assert not isinstance(data, Data)
        detection_page.write(record, data, root, out)
    else:
        assert not isinstance(data, Scenes)
        run = runs.read(root, record)
        if not isinstance(data, NotHereError):
            runs.check_ids(root, run, data)
        classification_page.write(run, data, weights, out)
    return classification_page.href(record)
