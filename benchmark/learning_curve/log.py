"""The log of a learning curve: a CSV file with a line for each finished training, and its table."""

import collections
import csv
import dataclasses
import io
import statistics
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import get_type_hints

import tabulate

from benchmark.errors import BenchmarkError
from leaderboard.files.atomic import write_bytes
from leaderboard.files.names import reason
from leaderboard.results.record import Record

START, FINE_TUNED, SCRATCH = "as it is", "fine-tuned", "scratch"
ORDER = (START, FINE_TUNED, SCRATCH)


@dataclasses.dataclass(frozen=True)
class Row:
    """One training, or the detector before any.

    Attributes:
      class_name: left out of the detector's training; start: one of `ORDER`.
      micrographs: that it was trained on; draw: of them; boxes: on them; steps: of the training.
      f1, f1_low, f1_high, precision, recall: on the test micrographs of the class; ends of the
        interval of 95 %. confidence: threshold, chosen on validation; validation_f1: at it.
      recipe: label; trained_on: names of the micrographs, with blanks between them.
    """

    class_name: str
    start: str
    micrographs: int
    draw: int
    boxes: int
    steps: int
    f1: float
    f1_low: float
    f1_high: float
    precision: float
    recall: float
    confidence: float
    validation_f1: float
    recipe: str
    trained_on: str


COLUMNS = tuple(field.name for field in dataclasses.fields(Row))


def of_record(record: Record, class_name: str, draw: int, boxes: int, names: Sequence[str]) -> Row:
    """Return the row of a finished training on the micrographs of some names."""
    test, validation = record.test or {}, record.validation or {}
    low, high = (record.intervals or {}).get("f1", (test["f1"], test["f1"]))
    images = sum(epoch["images"] for epoch in record.history or [])
    return Row(
        class_name=class_name,
        start=FINE_TUNED if record.initialization == "transfer" else SCRATCH,
        micrographs=len(names),
        draw=draw,
        boxes=boxes,
        steps=int(images // record.recipe_settings["batch_size"]),
        f1=test["f1"],
        f1_low=low,
        f1_high=high,
        precision=test["precision"],
        recall=test["recall"],
        confidence=record.confidence or 0.0,
        validation_f1=validation["f1"],
        recipe=record.recipe,
        trained_on=" ".join(names),
    )


def write(file: Path, rows: Iterable[Row]) -> None:
    """Write the rows in their order, atomically; raises OSError."""
    ordered = sorted(
        rows, key=lambda row: (row.class_name, row.draw, row.micrographs, ORDER.index(row.start))
    )
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in ordered:
        values = dataclasses.astuple(row)
        writer.writerow([f"{v:.4f}" if isinstance(v, float) else v for v in values])
    write_bytes(file, out.getvalue().encode())


def read(file: Path) -> list[Row]:
    """Read what `write` wrote; raises `BenchmarkError` where it is damaged."""
    kinds = get_type_hints(Row)
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            return [
                Row(**{name: kinds[name](row[name]) for name in COLUMNS})
                for row in csv.DictReader(lines)
            ]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BenchmarkError(
            f"{file}: cannot be read ({reason(error)}); expected the log of a learning curve with "
            f"the columns {', '.join(COLUMNS)}. Restore it from version control."
        ) from error


def table(rows: Sequence[Row]) -> str:
    """Return a Markdown table of F1 on test: a line for each number of micrographs.

    A cell holds the mean over the draws, and the lowest and the highest where there are several.
    """
    cells: dict[tuple[int, str], list[float]] = collections.defaultdict(list)
    boxes: dict[int, list[int]] = collections.defaultdict(list)
    for row in rows:
        cells[row.micrographs, row.start].append(row.f1)
        if row.start != SCRATCH:
            boxes[row.micrographs].append(row.boxes)
    lines = []
    for number in sorted({row.micrographs for row in rows}):
        fine = cells.get((number, FINE_TUNED)) or cells.get((number, START), [])
        scratch = cells.get((number, SCRATCH), [])
        mean_boxes = round(statistics.fmean(boxes[number])) if boxes[number] else ""
        lines.append(
            (number, mean_boxes, _cell(fine), _cell(scratch), max(len(fine), len(scratch)))
        )
    headers = ("micrographs", "boxes", "F1 fine-tuned", "F1 from scratch", "draws")
    return tabulate.tabulate(
        lines, headers, "pipe", disable_numparse=True, colalign=["right"] * len(headers)
    )


def _cell(values: Sequence[float]) -> str:
    if not values:
        return ""
    mean = f"{statistics.fmean(values):.2f}"
    if len(values) == 1:
        return mean
    return f"{mean} ({min(values):.2f} to {max(values):.2f})"
