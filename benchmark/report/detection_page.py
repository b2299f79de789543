"""The page of one detector's run: that of a row of the leaderboard's site, with pictures."""

from pathlib import Path

from benchmark.detection import box_tables
from benchmark.detection.scenes import Scenes
from benchmark.report import sources, worst
from benchmark.report.run_page import TEMPLATES, href
from benchmark.report.sources import NotHereError
from leaderboard.record import Record
from leaderboard.rows import rows_of
from leaderboard.site import detector_page
from leaderboard.site.standing import Place


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
        tables, reason = {one.split: one for one in box_tables.tables(data)}, ""
    (row,) = rows_of([record], root, tables)
    place = Place(out / href(record), "detected.html", TEMPLATES, f"{record.run}/", "png")
    shown = worst.show(row.detection, data, place.beside) if row.detection else None
    detector_page.write(place, row, root, shown_micrographs=shown, reason=reason)


def _of_run(data: Scenes | NotHereError, record: Record) -> Scenes | NotHereError:
    try:
        if not isinstance(data, NotHereError):
            sources.check_data(data, record)
    except NotHereError as reason:
        return reason
    return data
