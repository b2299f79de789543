"""The records of a submission: what they must be, and how they get there."""

import dataclasses
import datetime
from pathlib import Path

from leaderboard import records, submission
from leaderboard.locking import locked
from leaderboard.names import shown
from leaderboard.record import Record, RecordError
from leaderboard.submission import Submission


def write(root: Path, found: Submission) -> list[Path]:
    """Write the records of a submission; return the files that changed. Again changes nothing.

    Args:
      root: folder that holds `submissions` and `records`.

    Raises:
      RecordError: the name is taken by other runs, or a record there cannot be used.
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
    """Return a record for every seed of a submission, made now."""
    card, now = found.card, datetime.datetime.now(datetime.UTC)
    return [
        Record(
            data=card.data if "/" in card.data else f"tem_virus/{card.data}",
            data_version=found.version,
            content_hash="",
            classes=list(found.classes),
            model=card.model,
            start=card.start,
            recipe=card.recipe,
            recipe_settings={"side": card.side} if card.side else {},
            seed=seed,
            status="finished",
            provenance="submitted",
            created=now.isoformat(timespec="seconds"),
            test=dataclasses.asdict(scored.scores),
            validation=dataclasses.asdict(found.validation[seed].scores)
            if found.validation
            else None,
            intervals={name: list(pair) for name, pair in scored.intervals.items()},
            confusion=scored.confusion.tolist(),
            parameters_trainable=card.parameters,
            epochs=card.epochs or None,
            seconds=60.0 * card.minutes if card.minutes else None,
            device=card.hardware,
            notes=card.notes,
            source=f"{card.authors[0]}{' et al.' if len(card.authors) > 1 else ''}, {card.code}",
            pretraining=card.pretraining,
            extra_data=card.extra_data,
            submission=found.folder.name,
        )
        for seed, scored in found.test.items()
    ]


def difference(root: Path, found: Submission) -> dict[Path, Record | None]:
    """Return what must be written, and as None what must go, for the records to be as they must."""
    store, config = root / "records", found.card.data.rpartition("/")[2]
    wanted = {records.path(store, record): record for record in records_of(found)}
    there = {records.path(store, one): one for one in records.read_all(store)}
    first = next(iter(wanted.values()))
    for file, one in there.items():
        same_row = (one.config, one.model, one.start, one.recipe) == (
            config, first.model, first.start, first.recipe,
        )  # fmt: skip
        if same_row and one.submission != first.submission:
            raise RecordError(
                f"{found.folder / submission.CARD}: the row {shown(one.model)}, {one.start}, "
                f"{shown(one.recipe)} is already there ({file.relative_to(root)}), expected one of "
                "its own. Choose another model or recipe."
            )
    changed: dict[Path, Record | None] = {}
    for file, record in wanted.items():
        old = there.get(file)
        if old is None or dataclasses.replace(record, created=old.created) != old:
            changed[file] = record
    gone = {
        file: None
        for file, one in there.items()
        if one.submission == found.folder.name and file not in wanted
    }
    return {**changed, **gone}
