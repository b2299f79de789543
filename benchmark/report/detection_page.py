"""The page of one detector's run: that of a row of the leaderboard's site, with pictures."""

from pathlib import Path

from benchmark.detection import ground_truth
from benchmark.detection.data import Scenes
from benchmark.report import sources, worst_micrographs
from benchmark.report.classification_page import TEMPLATES, href
from benchmark.report.sources import NotHereError
from leaderboard.ranking.grouping import rows_of
from leaderboard.results.record import Record
from leaderboard.site import detection_page
from leaderboard.site.row_summary import Place


def write(record: Record, data: Scenes | NotHereError, root: Path, out: Path) -> None:
    """Write a run's page, and its figures, pictures and detections in a folder beside it.

    Args:
      record: of a finished run; data: of its config, or why there are none.
      root: folder of the records; out: folder of the report.

    Raises:
      RecordError: detections are missing or damaged, or do not give the record's scores.
      OSError: the folder cannot be written to.
    """
    data = _of_run(data, record)
    tables, reason = None, str(data)
    if not isinstance(data, NotHereError):
        tables, reason = {one.split: one for one in ground_truth.tables(data)}, ""
    (row,) = rows_of([record], root, tables)
    place = Place(out / href(record), "detected.html", TEMPLATES, f"{record.run}/", "png")
    shown = worst_micrographs.show(row.evidence, data, place.beside) if row.evidence else None
    detection_page.write(place, row, root, shown_micrographs=shown, reason=reason)


def _of_run(data: Scenes | NotHereError, record: Record) -> Scenes | NotHereError:
    try:
        if not isinstance(data, NotHereError):
            sources.check_data(data, record)
    except NotHereError as reason:
        return reason
    return data
