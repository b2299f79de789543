"""The page of one run."""

import functools
from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from benchmark.classification.data import Data
from benchmark.report import mistakes
from benchmark.report.runs import Run
from benchmark.report.sources import NotHereError
from leaderboard.figures import files as figure_files
from leaderboard.figures.classification import class_scores, reliability_diagram, training_curves
from leaderboard.figures.confusion import confusion_matrix, side
from leaderboard.files.names import is_own
from leaderboard.ground_truth import configs
from leaderboard.metrics import calibration, details
from leaderboard.metrics import classification as metrics
from leaderboard.results.record import Record
from leaderboard.site import rendering, score_table

TEMPLATES = Path(__file__).with_name("templates")


def href(record: Record) -> str:
    """Return where a run's page lies, relative to the folder of the report."""
    return f"{record.config}/{record.run}.html"


def write(run: Run, data: Data | NotHereError, weights: Path, out: Path) -> None:
    """Write a run's page, and its figures and pictures in a folder of its name beside it.

    Args:
      data: of the run's config, or why there are none; weights: folder of the checkpoints.
      out: folder of the report.

    Raises:
      OSError: it cannot be written to.
    """
    record, folder = run.record, out / run.record.config / run.record.run
    classes = details.per_class(run.labels, run.predicted, record.classes)
    matrix = metrics.confusion(run.labels, run.predicted, len(record.classes))
    bins = calibration.reliability(run.labels, run.probabilities)
    draw: dict[str, Callable[[], Figure]] = {
        "classes": functools.partial(class_scores, classes),
        "reliability": functools.partial(reliability_diagram, bins),
        "confusion": functools.partial(confusion_matrix, matrix, record.classes),
    }
    if record.history:
        draw["curves"] = functools.partial(training_curves, record.history, record.best_epoch)
    for name, figure in draw.items():
        figure_files.write(folder, name, figure)
    names = _micrographs(run, data)
    rendering.write(
        out / href(record),
        "run.html",
        TEMPLATES,
        record=record,
        run=run,
        names=score_table.NAMES,
        note=configs.note(record.data).replace("**", ""),
        folder=f"{record.run}/",
        classes=classes,
        confused=details.confused(matrix, record.classes),
        micrographs=details.per_micrograph(run.labels, run.predicted, names) if names else [],
        mistakes=mistakes.show(run, data, names, weights, folder),
        wrong=int((run.labels != run.predicted).sum()),
        side=round(96 * side(len(record.classes))),  # CSS pixels
    )


def _micrographs(run: Run, data: Data | NotHereError) -> list[str] | None:
    """Return the micrograph of each example, named by the data where they are those of the run."""
    if not isinstance(data, NotHereError) and data.content_hash == run.record.content_hash:
        test = data.splits["test"]
        place = dict(zip(map(str, test.ids), map(str, test.micrographs), strict=True))
        return [place[name] for name in run.ids]
    if is_own(run.record.data):
        return None  # its pictures may bear any name
    return details.micrographs_of(run.ids)
