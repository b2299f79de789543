"""What a record's fields must be; called by `record.Record` for every record made or read."""

from __future__ import annotations

import math
import re
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from types import UnionType
from typing import TYPE_CHECKING, Any, get_args, get_origin, get_type_hints

from leaderboard.files.names import BadNameError, check_model, check_name, check_recipe, shown

if TYPE_CHECKING:
    from leaderboard.results.record import Record

CLASSIFICATION, DETECTION = "classification", "detection"
SCORES = ("accuracy", "precision", "recall", "f1")  # the fields of metrics.Scores
SHARES = ("precision", "recall", "f1", "ap50", "ap50_95")  # of detection, each from 0 to 1
COUNTS = ("count_error", "count_bias")  # of detection, particles in a micrograph
SCORES_OF = {CLASSIFICATION: SCORES, DETECTION: (*SHARES, *COUNTS)}  # detection.scores.Scores
STATUSES = ("finished", "failed")
INITIALIZATIONS = ("scratch", "transfer")
PROVENANCES = ("published", "reproduced", "submitted")


class RecordError(Exception):
    """A record that cannot be used; says which field or file, what was found and expected."""


def _kinds(hint: Any) -> tuple[type, ...]:
    """Return the plain types that a field's annotation allows."""
    origin = get_origin(hint)
    if origin is UnionType:
        return tuple(kind for part in get_args(hint) for kind in _kinds(part))
    return (int, float) if hint is float else (origin or hint,)


def check(record: Record) -> None:
    """Raise `RecordError` for the first field that is not as `Record` says."""
    for name, hint in get_type_hints(type(record)).items():
        kinds = _kinds(hint)
        value = getattr(record, name)
        _require(type(value) in kinds, name, value, " or ".join(kind.__name__ for kind in kinds))
        _check_plain(name, value)
    _check_identity(record)
    _check_results(record)


def _check_plain(where: str, value: object) -> None:
    """Check that a value, however deep, is one that JSON can hold and give back."""
    if type(value) is dict:
        for name, item in value.items():
            _require(type(name) is str, where, name, "names that are str")
            _check_plain(f"{where}[{shown(name)}]", item)
    elif type(value) is list:
        for index, item in enumerate(value):
            _check_plain(f"{where}[{index}]", item)
    elif type(value) is float:
        _require(math.isfinite(value), where, value, "a finite number")
    else:
        _require(value is None or type(value) in (str, int, bool), where, value, "a JSON value")


def _check_identity(record: Record) -> None:
    part, _, config = record.data.partition("/")
    try:
        for name, what in ((part, "data"), (config, "data config")):
            check_name(name, what)
        check_model(record.model)
        check_name(record.data_version, "data_version")
        if record.submission:
            check_name(record.submission, "submission")
        check_recipe(record.recipe)
    except BadNameError as error:
        raise RecordError(str(error)) from error
    _require(
        record.initialization in INITIALIZATIONS,
        "initialization",
        record.initialization,
        " or ".join(INITIALIZATIONS),
    )
    _require(record.seed >= 0, "seed", record.seed, "0 or more")
    _require(
        record.provenance in PROVENANCES, "provenance", record.provenance, " or ".join(PROVENANCES)
    )
    try:
        in_utc = datetime.fromisoformat(record.created).utcoffset() == timedelta(0)
    except ValueError:
        in_utc = False
    _require(in_utc, "created", record.created, "a time such as 2026-01-31T12:00:00+00:00")


def _check_results(record: Record) -> None:
    finished = record.status == "finished"
    _require(record.status in STATUSES, "status", record.status, " or ".join(STATUSES))
    _require(not finished or record.test is not None, "test", record.test, "scores: it finished")
    _require(finished or bool(record.error), "error", record.error, "the reason: it failed")
    trained_here = finished and record.provenance != "submitted"
    hashed = re.fullmatch(r"[0-9a-f]{64}", record.content_hash) or not (
        trained_here or record.content_hash
    )
    submitted = record.provenance == "submitted"
    _require(
        submitted == bool(record.submission), "submission", record.submission, "the folder's name "
        "where the provenance is `submitted`, and nothing elsewhere",
    )  # fmt: skip
    _require(bool(hashed), "content_hash", record.content_hash, "a sha256, 64 hex digits")
    count = len(record.classes)
    named = all(type(name) is str for name in record.classes) and len(set(record.classes)) == count
    _require(named and count > 0, "classes", record.classes, "the classes' names, each once")
    _require(record.task in SCORES_OF, "task", record.task, " or ".join(SCORES_OF))
    known = SCORES_OF[record.task]
    for name in ("test", "validation"):
        value = getattr(record, name)
        wrong = value is not None and not (
            set(value) == set(known) and all(_can_be(score, [value[score]]) for score in known)
        )
        _require(not wrong, name, value, _expected(record.task))
    _require(
        record.confidence is not None and _within([record.confidence])
        if finished and record.task == DETECTION
        else record.confidence is None or record.task == DETECTION,
        "confidence", record.confidence, "a number from 0 to 1 of a detector that finished, and "
        "none of a classifier",
    )  # fmt: skip
    intervals = record.intervals or {}
    ordered = set(intervals) <= set(known) and all(
        type(ends) is list and len(ends) == 2 and _can_be(score, ends) and ends[0] <= ends[1]
        for score, ends in intervals.items()
    )
    _require(ordered, "intervals", intervals, "score: [low, high]")
    rows = [record.confusion] if record.confusion is not None else []
    square = all(
        len(matrix) == count
        and all(type(row) is list and len(row) == count for row in matrix)
        and all(type(cell) is int and cell >= 0 for row in matrix for cell in row)
        for matrix in rows
    )
    _require(square, "confusion", record.confusion, f"counts, {count} x {count}")
    for name in ("versions", "weights"):
        texts = all(type(text) is str for text in (getattr(record, name) or {}).values())
        _require(texts, name, getattr(record, name), "texts")
    path = PurePosixPath(record.predictions or "")
    inside = not path.is_absolute() and ".." not in path.parts and "\\" not in str(path)
    _require(inside, "predictions", record.predictions, "a path inside the records folder")


def _can_be(score: str, values: list[Any]) -> bool:
    """Say whether a score can have these values; how many particles too many may be negative."""
    if score not in COUNTS:
        return _within(values)
    return all(
        type(value) in (int, float) and (value >= 0 or score == "count_bias") for value in values
    )


def _expected(task: str) -> str:
    if task == CLASSIFICATION:
        return f"{', '.join(SCORES)}, each from 0 to 1"
    return f"{', '.join(SHARES)}, each from 0 to 1, and {', '.join(COUNTS)}"


def _within(values: Any) -> bool:
    """Say whether all are numbers from 0 to 1, given as a list or a dict's values."""
    return not isinstance(values, (int, float, str, type(None))) and all(
        type(value) in (int, float) and 0 <= value <= 1 for value in values
    )


def _require(fine: bool, where: str, found: object, expected: str) -> None:
    if not fine:
        raise RecordError(f"{where}: found {shown(found)}, expected {expected}")
