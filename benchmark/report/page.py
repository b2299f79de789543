"""The page of one run: that of a row of the leaderboard's site, with images of its errors."""

import dataclasses
from pathlib import Path

from benchmark.report import sources
from benchmark.report.parts import part
from benchmark.report.sources import AnyData, NotHereError
from leaderboard.ranking.grouping import rows_of
from leaderboard.ranking.rows import Row
from leaderboard.results.record import Record
from leaderboard.site import row_page
from leaderboard.site.row_page import Place

TEMPLATES = Path(__file__).with_name("templates")


def href(record: Record) -> str:
    """Return the place of a run's page, relative to the folder of the report."""
    return f"{record.config}/{record.run}.html"


def write(
    record: Record, data: AnyData | NotHereError, root: Path, weights: Path, out: Path
) -> str:
    """Write the page of a finished run; return its place, relative to `out`.

    Figures, images and predictions are in a folder of its name beside it.

    Args:
      data: of the run's config and task, or why there are none.
      root: folder of the records; weights: that of the checkpoints; out: that of the report.

    Raises:
      RecordError, PredictionsError: predictions are missing or damaged, or not those of the record.
      OSError: the folder cannot be written to.
    """
    data = sources.of_run(data, record)
    row = _row(record, data, root)
    place = Place(out / href(record), "run.html", TEMPLATES, f"{record.run}/")
    errors = part(record.task).errors(row, data, weights, place.beside)
    row_page.write(place, row, root, errors=errors)
    return href(record)


def _row(record: Record, data: AnyData | NotHereError, root: Path) -> Row:
    """Return the row of a run with its evidence, and the scores and intervals of its record.

    Without a shipped table, the ground truth is that of the data, or of the ids of the predictions.
    """
    (recorded,) = rows_of([record])
    (row,) = rows_of([record], root)
    if row.evidence is None and (truths := part(record.task).ground_truth(record, data, root)):
        (row,) = rows_of([record], root, truths)
    row = dataclasses.replace(row, test=recorded.test)
    return part(record.task).known_values(row, data)
