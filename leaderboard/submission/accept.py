"""The records of a submission: computed from its folder, compared with the stored ones, written."""

import dataclasses
import datetime
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from leaderboard.files.locking import locked
from leaderboard.files.names import BadNameError, shown
from leaderboard.ground_truth import lookup
from leaderboard.ground_truth.table_files import GroundTruthError
from leaderboard.results import store as records
from leaderboard.results.record import Record, RecordError
from leaderboard.submission import card as cards
from leaderboard.submission.card import Card, CardError
from leaderboard.submission.entries import SubmissionError
from leaderboard.submission.folder import CARD, Submission, check_successor


def write(root: Path, submission: Submission) -> list[Path]:
    """Write the records of a submission; return the files that changed. Again changes nothing.

    Args:
      root: folder that holds `submissions` and `records`.

    Raises:
      RecordError: a record there cannot be used.
    """
    with locked(root / "records"):
        changed = difference(root, submission)
        for file, record in changed.items():
            if record:
                records.write(root / "records", record)
            else:
                file.unlink(missing_ok=True)
    return list(changed)


def records_of(submission: Submission) -> list[Record]:
    """Return a new record for every seed of a submission, also for those that failed."""
    card, entries, now = submission.card, submission.entries, datetime.datetime.now(datetime.UTC)
    shared: dict[str, Any] = {
        "task": entries.task,
        "data": entries.data,
        "data_version": entries.version,
        "content_hash": "",
        "classes": list(entries.classes),
        "provenance": "submitted",
        "created": now.isoformat(timespec="seconds"),
        "submission": submission.folder.name,
        **of_card(card),
    }
    reason = "ended without predictions, its authors say"
    return [
        *(
            Record(**shared, seed=seed, status="finished", **fields)
            for seed, fields in entries.fields.items()
        ),
        *(Record(**shared, seed=seed, status="failed", error=reason) for seed in card.failed),
    ]


def of_card(card: Card) -> dict[str, Any]:
    """Return the fields of a record that state what the card does, the same for all seeds."""
    return {
        "model": card.model,
        "initialization": card.initialization,
        "recipe": card.recipe,
        "recipe_settings": {"image_size": card.image_size} if card.image_size else {},
        "parameters_trainable": card.parameters,
        "epochs": card.epochs or None,
        "seconds": 60 * card.minutes or None,
        "device": card.hardware,
        "notes": card.notes,
        "source": f"{card.authors[0]}{' et al.' if len(card.authors) > 1 else ''}, {card.code}",
        "pretraining": card.pretraining,
        "extra_data": card.extra_data,
        "submitted": card.submitted,
        "paper": card.paper,
        "weights_licence": card.weights_licence,
        "withdrawn": card.withdrawn,
        "superseded_by": card.superseded_by,
    }


def check_cards(records_dir: Path, found: Iterable[Record]) -> None:
    """Check that the records of submissions state what their cards do, of the same seeds.

    Scores are computed from predictions wherever tables are rendered. All else comes from the card,
    which anybody can read beside the row; a record that was edited would state something else. So
    is what two pull requests, each right by itself, can break together: names that differ by case
    alone, and rows that follow one another.

    Args:
      records_dir: folder of the records; cards lie in `submissions` beside it.

    Raises:
      RecordError: a record, one that is missing, or a card.
    """
    by_name: dict[str, list[Record]] = defaultdict(list)
    for record in found:
        if record.submission:
            by_name[record.submission].append(record)
    _check_names(records_dir, by_name)
    for name, of_submission in by_name.items():
        file = records_dir.parent / "submissions" / name / CARD
        try:
            card = cards.read(file)
            check_successor(file.parent, card)
        except (BadNameError, CardError, SubmissionError) as error:
            raise RecordError(
                f"{error} The records of {name} need it: restore it, or take the records away, too."
            ) from error
        expected = {**_data_of(file, card), **of_card(card)}
        remedy = f"Write it again: python -m leaderboard.submit {name}"
        for record in of_submission:
            place = records.path(records_dir, record)
            for field, value in expected.items():
                if getattr(record, field) != value:
                    raise RecordError(
                        f"{place}: {field}: found {shown(getattr(record, field))}, expected "
                        f"{shown(value)} as {file} states. {remedy}"
                    )
        stated = {(s, "finished") for s in card.seeds} | {(s, "failed") for s in card.failed}
        for record in of_submission:
            if (record.seed, record.status) not in stated:
                raise RecordError(
                    f"{records.path(records_dir, record)}: seed {record.seed} {record.status}, "
                    f"which {file} does not state; expected records of its seeds alone. Name the "
                    f"seed there, or take the record away: python -m leaderboard.submit {name}"
                )
        missing = stated - {(record.seed, record.status) for record in of_submission}
        if missing:
            seed = min(missing)[0]
            raise RecordError(
                f"{file}: states seed {seed}, of which {records_dir} has no record; expected one "
                f"of each seed: every run counts. {remedy}"
            )


def _check_names(records_dir: Path, names: Iterable[str]) -> None:
    """Refuse submissions whose names are one on Windows and macOS, and so are their files there."""
    seen: dict[str, str] = {}
    for name in names:
        other = seen.setdefault(name.casefold(), name)
        if other != name:
            raise RecordError(
                f"{records_dir.parent / 'submissions' / name}: there is also {other}, which is the "
                "same folder on Windows and macOS; expected a name of its own. Rename the later "
                "one, delete its records, and submit it again."
            )


def _data_of(file: Path, card: Card) -> dict[str, str]:
    """Return the fields of a record that say what a submission was scored on."""
    try:
        task, data = lookup.find(card.data)
    except GroundTruthError as error:
        raise RecordError(f"{file}: data: {error}") from error
    return {"task": task, "data": data}


def difference(root: Path, submission: Submission) -> dict[Path, Record | None]:
    """Return the files to be written, with their records, and with None the files to be removed."""
    store = root / "records"
    wanted = {records.path(store, record): record for record in records_of(submission)}
    stored = {
        records.path(store, record): record
        for record in records.read_submission(store, submission.folder.name)
    }
    changed: dict[Path, Record | None] = {}
    for file, record in wanted.items():
        old = stored.get(file)
        if old is None or not _is_equal(record, old):
            changed[file] = record
    stale = {file: None for file in stored if file not in wanted}
    return {**changed, **stale}


def _is_equal(record: Record, other: Record) -> bool:
    """Compare two records but for their date, and intervals that depend on random numbers."""
    ignored = ("created", "intervals")
    names = [field.name for field in dataclasses.fields(Record) if field.name not in ignored]
    return all(getattr(record, name) == getattr(other, name) for name in names)
