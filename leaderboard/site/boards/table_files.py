"""A table as CSV and JSON, all rows with all their scores in full precision."""

import csv
import io
import json
from typing import Any

from leaderboard.ranking.rows import Value
from leaderboard.site.boards.flags import WARNING, Flag
from leaderboard.site.boards.leaderboards import Board, Line
from leaderboard.tasks import TASKS

CSV, JSON = "table.csv", "table.json"
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet calculates what begins so
PARTS = ("mean", "std", "low", "high")  # of a score: over seeds, and ends of its 95 % interval


def as_json(board: Board) -> bytes:
    """Return the table as JSON: what it is of, and an object for each row."""
    content = {
        "data": board.data,
        "title": board.title,
        "note": board.note,
        "split": "test",
        "ranked_by": board.score,
        "rows": [_row(line) for line in board.lines],
    }
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def as_csv(board: Board) -> bytes:
    """Return the table as CSV: a line for each row, scores as `f1`, `f1_std`, `f1_low`, `f1_high`.

    A text that a spreadsheet would calculate begins with an apostrophe.
    """
    lines = [_flat(_row(line)) for line in board.lines]
    names = list(dict.fromkeys(name for line in lines for name in line))
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    return text.getvalue().encode()


def _row(line: Line) -> dict[str, Any]:
    row, against = line.row, line.difference
    scores = {name: row.test[name] for name in TASKS[row.task].scores}
    scores |= {"validation_f1": row.validation_f1, "clean_f1": row.clean_f1, **row.companions}
    scores |= {"calibration_error": row.calibration_error, "by_micrograph": row.by_micrograph}
    return {
        "rank": line.rank,
        "model": row.model,
        "initialization": row.initialization,
        "recipe": row.recipe,
        "seeds": row.seeds,
        "provenance": row.provenance,
        "warnings": "; ".join(_flag(flag) for flag in line.flags),
        **{name: _value(value) for name, value in scores.items() if value},
        "against_best": None if against is None or against.best else against.mean,
        "verdict": line.verdict,
        "parameters": row.parameters,
        "training_seconds": row.seconds.mean if row.seconds else None,
        "images_shown": row.images_shown.mean if row.images_shown else None,
        "cpu_hours": row.cpu_hours.mean if row.cpu_hours else None,
        "image_size": row.image_size,
        "nm_per_pixel": row.nm_per_pixel,
        "pretraining": row.pretraining,
        "extra_data": row.extra_data,
        "device": row.device,
        "source": row.source,
        "paper": row.paper,
        "weights_licence": row.weights_licence,
        "date": row.date,
        "page": line.link,
    }


def _flag(flag: Flag) -> str:
    return f"{flag.text}: {flag.about}" if flag.text == WARNING else flag.text


def _value(value: Value) -> dict[str, float | None]:
    low, high = value.interval or (None, None)
    return dict(zip(PARTS, (value.mean, value.std, low, high), strict=True))


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            flat |= {name if part == "mean" else f"{name}_{part}": value[part] for part in PARTS}
        elif isinstance(value, str) and value.startswith(FORMULA):
            flat[name] = f"'{value}"
        else:
            flat[name] = "" if value is None else value
    return flat
