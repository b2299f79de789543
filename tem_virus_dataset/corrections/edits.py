"""Corrections in the results of a prediction: which the labels hold, and which are not read."""

from collections.abc import Iterable
from pathlib import Path

from tem_virus_dataset.corrections.predicted import Predicted, files_of
from tem_virus_dataset.predict.kept import edited
from tem_virus_dataset.predict.writers import kinds

TABLE = "particles"  # kind of results that a later prediction makes the others of
WITH_PLACES = (TABLE, "roi", "star", "box")  # kinds that have the particles, beside labels
OF_ALL = ("particles.csv", kinds.COCO)  # files of all micrographs that have the particles


def is_edited(predictions: Path, predicted: Predicted) -> bool:
    """Return whether somebody corrected the boxes: in the labels, or in the table they show."""
    table, shown = predicted.written.get(TABLE), predicted.particles_shown
    is_from_edited = bool(table and shown) and shown != table
    return is_from_edited or bool(_changed(predictions, predicted, "labels"))


def unread(predictions: Path, found: Iterable[Predicted]) -> str:
    """Return a line on files whose corrections are not in the boxes of the labels, or ""."""
    tables = edited.written_tables(predictions)
    files = [
        file for one in found for kind in WITH_PLACES for file in _changed(predictions, one, kind)
    ]
    files += [
        predictions / name
        for name in OF_ALL
        if edited.is_edited(predictions / name, tables.get(name))
    ]
    if not files:
        return ""
    return (
        f" (NOT READ: {len(files)} changed since the prediction, such as {files[0]}. The boxes "
        f"are those of {predictions / 'labels'}. What was changed in {predictions / 'particles'} "
        "reaches them by the same tem-virus predict once more: then lay out a new folder. Make "
        "all other corrections in the labels that were laid out)"
    )


def _changed(predictions: Path, predicted: Predicted, kind_of: str) -> list[Path]:
    """Return the files of a kind of results that show other boxes than the labels got."""
    written = predicted.written.get(kind_of)
    if kind_of == TABLE:
        written = predicted.particles_shown or written
    files = files_of(predictions, predicted, kind_of)
    return [file for file in files if edited.is_edited(file, written)]
