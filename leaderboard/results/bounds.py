"""What the values of a record can be, and which of them must agree.

A table is rendered from records, and a record is a text that anybody can edit. So every number has
a bound, every text a length, and what follows from another field is computed from it.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath
from typing import Any

import numpy as np

from leaderboard.files.texts import is_address, is_line, is_safe
from leaderboard.metrics.classification import scores_of_confusion
from leaderboard.tasks import CLASSIFICATION, TASKS

Fault = tuple[str, object, str]  # field, what was found, what was expected

DAY = timedelta(days=1)  # that clocks of two machines may differ by, time zones among it
EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
LINE, ERROR = 2000, 100_000  # characters
MOST_SETTINGS = 65_536  # characters of a field with names, as JSON
MOST_CLASSES = 1000
MOST_EPOCHS = 100_000  # of a history
AGREES = 1e-6  # difference of a score from what its confusion matrix gives
YEARS = 10 * 365 * 86_400  # seconds
LARGEST: dict[str, tuple[float, float]] = {  # least and most
    "seed": (0, 2**63 - 1),
    "parameters_trainable": (0, 10**13),
    "parameters_total": (0, 10**13),
    "epochs": (0, 10**7),
    "best_epoch": (0, 10**7),
    "seconds": (0, YEARS),
    "images_per_second": (0, 1e9),
    "temperature": (0, 1e6),
    "nm_per_pixel": (0, 1e6),
}
SETTINGS = {"image_size": (1, 100_000), "epochs": (0, 10**7), "nm_per_pixel": (1e-6, 1e6)}
UNKNOWN_OF_SUBMISSIONS = (
    "content_hash", "network", "weights", "versions", "history", "parameters_total", "best_epoch",
    "images_per_second", "backend", "temperature", "no_network", "nm_per_pixel",
)  # fmt: skip
LINES = ("notes", "source", "device", "backend", "pretraining", "extra_data", "no_network",
         "paper", "weights_licence", "withdrawn")  # fmt: skip


def faults(fields: Mapping[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the values of a record, whose types are known to be right."""
    yield from _numbers(fields)
    yield from _texts(fields)
    yield from _dates(fields)
    yield from _epochs(fields)
    yield from _sums(fields)
    yield from _scores(fields)
    yield from _status(fields)
    yield from _files(fields)


def _numbers(fields: Mapping[str, Any]) -> Iterator[Fault]:
    for name, (least, most) in LARGEST.items():
        value = fields[name]
        if value is not None and not least <= value <= most:
            expected = f"{least} or more" if value < least else f"at most {most:,}"
            yield name, value, expected
    trainable, total = fields["parameters_trainable"], fields["parameters_total"]
    if None not in (trainable, total) and trainable > total:
        yield "parameters_trainable", trainable, f"at most parameters_total, {total}"
    settings = fields["recipe_settings"]
    for name, (least, most) in SETTINGS.items():
        value = settings.get(name)
        if (type(value) in (int, float) and not least <= value <= most) or value is True:
            yield f"recipe_settings[{name!r}]", value, f"a number from {least:g} to {most:,}"


def _texts(fields: Mapping[str, Any]) -> Iterator[Fault]:
    for name in LINES:
        if not is_line(fields[name], LINE):
            yield name, fields[name], f"one line of at most {LINE} printable characters"
    if fields["paper"] and not is_address(fields["paper"]):
        yield "paper", fields["paper"], "an address, https://..., or nothing"
    error = fields["error"]
    if error is not None and not (len(error) <= ERROR and is_safe(error)):
        yield "error", error, f"at most {ERROR} characters, none that turns the text around"
    for name in ("recipe_settings", "versions", "weights"):
        text = json.dumps(fields[name])
        if len(text) > MOST_SETTINGS:
            yield name, text, f"at most {MOST_SETTINGS} characters"
    for name in ("versions", "weights"):
        for pair in (fields[name] or {}).items():
            if not all(is_line(text, LINE) for text in pair):
                yield name, pair, f"lines of at most {LINE} printable characters"
    classes = fields["classes"]
    if len(classes) > MOST_CLASSES or not all(is_line(one, 100) for one in classes):
        yield "classes", classes, f"at most {MOST_CLASSES} names of at most 100 characters"


def _dates(fields: Mapping[str, Any]) -> Iterator[Fault]:
    now = datetime.now(UTC)
    created = datetime.fromisoformat(fields["created"])
    if not EARLIEST <= created <= now + DAY:
        yield (
            "created", fields["created"],
            f"a time from {EARLIEST:%Y} to now, {now:%Y-%m-%dT%H:%M} (or is this machine's clock "
            "wrong?)",
        )  # fmt: skip
    day = fields["submitted"]
    if day and not is_past_day(day):
        yield "submitted", day, "a day such as 2026-01-31, not in the future, or nothing"


def is_past_day(text: str) -> bool:
    """Say whether this is a day of the calendar, such as 2026-01-31, from 2020 on and not to come.

    >>> is_past_day("2026-01-31"), is_past_day("2026-02-30"), is_past_day("2999-01-01")
    (True, False, False)
    """
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return False
    try:
        day = datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return False
    return EARLIEST <= day <= datetime.now(UTC) + DAY


def _epochs(fields: Mapping[str, Any]) -> Iterator[Fault]:
    epochs, best, history = fields["epochs"], fields["best_epoch"], fields["history"]
    if best is not None and best > (epochs if epochs is not None else best):
        yield "best_epoch", best, f"at most the epochs that were run, {epochs}"
    planned = fields["recipe_settings"].get("epochs")
    if epochs is not None and type(planned) is int and epochs > planned:
        yield "epochs", epochs, f"at most those of the recipe, {planned}"
    if not history:
        return
    if len(history) > MOST_EPOCHS:
        yield "history", f"{len(history)} epochs", f"at most {MOST_EPOCHS:,}"
        return
    if epochs is not None and len(history) != epochs:
        yield "history", f"{len(history)} epochs", f"{epochs}, as `epochs` says"
    if best is not None and not 1 <= best <= len(history):
        yield "best_epoch", best, f"1 to {len(history)}, an epoch of the history"
    for number, epoch in enumerate(history):
        for name, value in epoch.items():
            is_number = value is None or (type(value) in (int, float) and abs(value) < 1e15)
            if not is_number or (name != "loss" and "loss" not in name and (value or 0) < 0):
                yield f"history[{number}][{name!r}]", value, "a number of at least 0, a loss any"
            if name == "validation_f1" and is_number and not 0 <= (value or 0) <= 1:
                yield f"history[{number}][{name!r}]", value, "a number from 0 to 1"


# What a table shows of a training is computed from its history, so nobody types it in. Older
# histories lack some of the numbers; then nothing follows from them.


def _sums(fields: Mapping[str, Any]) -> Iterator[Fault]:
    history = fields["history"] or []
    seconds, images = (_sum(history, name) for name in ("seconds", "images"))
    if seconds is not None and not _is_close(fields["seconds"], seconds, 0.1):
        yield "seconds", fields["seconds"], f"{seconds:.1f}, the sum of those of the history"
    if seconds and images is not None:
        speed = images / seconds
        if not _is_close(fields["images_per_second"], speed, 0.01):
            found = fields["images_per_second"]
            yield "images_per_second", found, f"{speed:.2f}, as the history gives it"
    f1 = [epoch.get("validation_f1") for epoch in history]
    best = fields["best_epoch"]
    if not f1 or best is None or any(type(value) not in (int, float) for value in f1):
        return
    if fields["recipe_settings"].get("ema"):
        if best != len(f1):
            yield "best_epoch", best, f"{len(f1)}, the last one: weights are averaged"
    elif 1 <= best <= len(f1) and f1[best - 1] < max(f1):
        yield "best_epoch", best, f"{1 + f1.index(max(f1))}, of the highest validation_f1"


def _sum(history: Sequence[Mapping[str, Any]], name: str) -> float | None:
    values = [epoch.get(name) for epoch in history]
    is_known = values and all(type(value) in (int, float) for value in values)
    return float(sum(values)) if is_known else None  # type: ignore[arg-type]


def _is_close(found: float | None, expected: float, slack: float) -> bool:
    return found is not None and abs(found - expected) <= slack + 1e-3 * abs(expected)


def _status(fields: Mapping[str, Any]) -> Iterator[Fault]:
    if fields["status"] == "finished" and fields["error"] is not None:
        yield "error", fields["error"], "nothing: the run finished"
    if fields["submission"]:
        return
    for name in ("submitted", "superseded_by"):
        if fields[name]:
            yield name, fields[name], "nothing: only a submission has it"


def _scores(fields: Mapping[str, Any]) -> Iterator[Fault]:
    test, intervals, matrix = fields["test"] or {}, fields["intervals"] or {}, fields["confusion"]
    for name, (low, high) in intervals.items():
        slack = 0.2 * (high - low) + 0.005
        if name in test and not low - slack <= test[name] <= high + slack:
            yield f"intervals[{name!r}]", [low, high], f"an interval with the score {test[name]}"
    for split in ("test", "validation"):
        scores = fields[split] or {}
        too_many = [name for name in TASKS[fields["task"]].counts if abs(scores.get(name, 0)) > 1e6]
        if too_many:
            yield f"{split}[{too_many[0]!r}]", scores[too_many[0]], "particles of one micrograph"
    if matrix is None:
        return
    if fields["task"] != CLASSIFICATION:
        yield "confusion", matrix, "none of a detector"
        return
    if not 0 < sum(map(sum, matrix)) < 2**40:
        yield "confusion", matrix, "the counts of all examples"
        return
    for name, value in scores_of_confusion(np.array(matrix, np.int64)).items():
        if test and abs(float(value) - test[name]) > AGREES:
            yield "confusion", matrix, f"one whose {name} is {test[name]}; it gives {value:.6f}"


def _files(fields: Mapping[str, Any]) -> Iterator[Fault]:
    stated, submission = fields["predictions"], fields["submission"]
    path = PurePosixPath(stated or "")
    if path.is_absolute() or ".." in path.parts or "\\" in str(path):
        yield "predictions", stated, "a path inside the records folder"
    if not is_line(str(path), LINE):
        yield "predictions", stated, f"a path of at most {LINE} printable characters"
    if stated is not None and submission:
        yield "predictions", stated, "none: those of a submission lie in its folder"
    if submission:
        for name in UNKNOWN_OF_SUBMISSIONS:
            if fields[name] not in (None, "", [], {}):
                yield name, fields[name], "nothing: a submission's training is not known here"
