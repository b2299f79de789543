"""The records of a submission: what they must be, and how they get there."""

import dataclasses
import datetime
from pathlib import Path
from typing import Any

from leaderboard.files.locking import locked
from leaderboard.results import store as records
from leaderboard.results.record import Record
from leaderboard.submission.folder import Submission


def write(root: Path, found: Submission) -> list[Path]:
    """Write the records of a submission; return the files that changed. Again changes nothing.

    Args:
      root: folder that holds `submissions` and `records`.

    Raises:
      RecordError: a record there cannot be used.
    """
    with locked(root / "records"):
        changed = difference(root, found)
        for file, record in changed.items():
            if record:
                records.write(root / "records", record)
            else:
                file.unlink(missing_ok=True)
    return list(changed)


def records_of(found: Submission) -> list[Record]:
    """Return a record for every seed of a submission, made now; those that failed among them."""
    card, entries, now = found.card, found.entries, datetime.datetime.now(datetime.UTC)
    of_all: dict[str, Any] = {
        "task": entries.task,
        "data": entries.data,
        "data_version": entries.version,
        "content_hash": "",
        "classes": list(entries.classes),
        "model": card.model,
        "initialization": card.initialization,
        "recipe": card.recipe,
        "recipe_settings": {"image_size": card.image_size} if card.image_size else {},
        "provenance": "submitted",
        "created": now.isoformat(timespec="seconds"),
        "parameters_trainable": card.parameters,
        "epochs": card.epochs or None,
        "seconds": 60 * card.minutes or None,
        "device": card.hardware,
        "notes": card.notes,
        "source": f"{card.authors[0]}{' et al.' if len(card.authors) > 1 else ''}, {card.code}",
        "pretraining": card.pretraining,
        "extra_data": card.extra_data,
        "submission": found.folder.name,
    }
    ended = "ended without predictions, its authors say"
    return [
        *(Record(**of_all, seed=n, status="finished", **one) for n, one in entries.fields.items()),
        *(Record(**of_all, seed=n, status="failed", error=ended) for n in card.failed),
    ]


def difference(root: Path, found: Submission) -> dict[Path, Record | None]:
    """Return what must be written, and as None what must go, for the records to be as they must."""
    store = root / "records"
    wanted = {records.path(store, record): record for record in records_of(found)}
    there = {records.path(store, one): one for one in records.read_all(store)}
    changed: dict[Path, Record | None] = {}
    for file, record in wanted.items():
        old = there.get(file)
        if old is None or not _same(record, old):
            changed[file] = record
    gone = {
        file: None
        for file, one in there.items()
        if one.submission == found.folder.name and file not in wanted
    }
    return {**changed, **gone}


def _same(one: Record, other: Record) -> bool:
    """Say whether two records say the same, whenever and with whatever random numbers."""
    return one == dataclasses.replace(other, created=one.created, intervals=one.intervals)
