"""A detector in the report: its data, their ground truth, and its worst micrographs as images."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmark.detection import ground_truth as box_tables
from benchmark.detection.data import Scenes
from benchmark.report import worst_micrographs
from benchmark.report.sources import NotHereError
from leaderboard.ground_truth.detection import BoxTruth
from leaderboard.ranking.rows import Row
from leaderboard.results.record import Record

COLUMNS = (  # of the overview
    "f1", "ap50", "ap50_95", "validation_ap50", "validation", "count_error", "parameters", "time",
    "provenance",
)  # fmt: skip


def ground_truth(
    record: Record, data: Scenes | NotHereError, root: Path
) -> Mapping[str, BoxTruth] | None:
    """Return the boxes of validation and test from the data, None without them.

    Args:
      data: those of the run, or why there are none.
    """
    if isinstance(data, NotHereError):
        return None
    return {table.split: table for table in box_tables.tables(data)}


def known_values(row: Row, data: Scenes | NotHereError) -> Row:
    """Return the row: with boxes, all its values are known."""
    return row


def errors(row: Row, data: Scenes | NotHereError, weights: Path, folder: Path) -> Any:
    """Return the worst micrographs for the page, and write their images.

    Args:
      row: of one seed; data: those of the run, or why there are none; folder: of the images.
    """
    return worst_micrographs.write(row, data, folder)
