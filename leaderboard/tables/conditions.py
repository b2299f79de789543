"""The table of hard conditions, and the list of all its cells."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tabulate import tabulate

from leaderboard.ground_truth.conditions import CLEAN, INVERSION, HardCell
from leaderboard.ranking import condition_warnings
from leaderboard.ranking import conditions as ranking
from leaderboard.ranking.conditions import ConditionRow
from leaderboard.tables.cells import escaped, score
from leaderboard.tables.names import short_recipes

CELLS = "cells.csv"
REFERENCE_NAME = ", ".join((ranking.REFERENCE[0], ranking.REFERENCE[2]))
MARK = "\u2020"  # of a condition that the training's augmentation resembles
COLUMNS = (
    "data", "model", "initialization", "recipe", "seed", "condition", "level", "amount", "unit",
    "accuracy", "accuracy_low", "accuracy_high", "f1", "f1_low", "f1_high", "calibration_error",
    "refused",
)  # fmt: skip


@dataclass(frozen=True)
class Content:
    """What a page says of one config, in plain text.

    Attributes:
      header: of the columns; lines: of the table; notes: sentences below it.
    """

    header: list[str]
    lines: list[list[str]]
    notes: list[str]


def section_text(rows: Sequence[ConditionRow], cells: Sequence[HardCell]) -> str:
    """Return all text between the markers of one config in Markdown; see `content`."""
    known = content(rows, cells)
    header = [escaped(text) for text in known.header]  # names are those of submissions, too
    table = tabulate(known.lines, header, tablefmt="github", disable_numparse=True)
    every_cell = f"Every cell with its intervals: [{CELLS}]({CELLS})."
    notes = [*(escaped(note) for note in known.notes), every_cell]
    return "\n\n".join((table, "\n".join(f"* {note}" for note in notes)))


def content(rows: Sequence[ConditionRow], cells: Sequence[HardCell]) -> Content:
    """Return table and notes of one config.

    Args:
      rows: at least one, the best first; cells: of the shipped table.
    """
    lines = [[CLEAN, "", *(_score(row, ranking.accuracy, CLEAN) for row in rows)]]
    for name in ranking.conditions_of(rows[0].first):
        if name != INVERSION:
            lines.append([name, _amounts(name, cells), *(_marked(row, name) for row in rows)])
    lines += [[title, "", *(value(row) for row in rows)] for title, value in _summary(rows).items()]
    groups = [row.key[:2] for row in rows]
    recipes = short_recipes(groups, [row.first.recipe for row in rows])
    names = [row.named(recipe) for row, recipe in zip(rows, recipes, strict=True)]
    header = ["accuracy", "levels 1 to 5", *names]
    return Content(header, lines, _notes(rows))


def _summary(rows: Sequence[ConditionRow]) -> dict[str, Callable[[ConditionRow], str]]:
    """Return the lines below the conditions: title, and the cell of a row."""
    reference = ranking.reference_of(rows)
    of = {
        "mean accuracy [95 %]": lambda row: score(row.total("accuracy")),
        "mean macro F1 [95 %]": lambda row: score(row.total("f1")),
        "mean corruption error": lambda row: score(ranking.corruption_error(row, reference)),
        "calibration error, clean": lambda row: _score(row, ranking.calibration_error, CLEAN),
        "calibration error, mean": lambda row: _score(row, ranking.calibration_error),
        "refused, clean": lambda row: _score(row, ranking.refused, CLEAN),
        "refused, mean": lambda row: _score(row, ranking.refused),
        f"{INVERSION} (in no mean)": lambda row: _marked(row, INVERSION),
    }
    return {title: value for title, value in of.items() if any(value(row) for row in rows)}


def _score(row: ConditionRow, of: ranking.Score, condition: str | None = None) -> str:
    return score(row.mean(of, condition))


def _marked(row: ConditionRow, condition: str) -> str:
    value = _score(row, ranking.accuracy, condition)
    return f"{value} {MARK}" if row.trained_with(condition) else value


def _amounts(name: str, cells: Sequence[HardCell]) -> str:
    of_name = [cell for cell in cells if cell.condition == name]
    return f"{', '.join(cell.amount for cell in of_name)} {of_name[0].unit}".strip()


def _notes(rows: Sequence[ConditionRow]) -> list[str]:
    first, reference = rows[0].first, ranking.reference_of(rows)
    notes = [
        f"{first.patches:,} test patches in each of {len(first.cells)} cells; means over levels, "
        "then over conditions, without inversion.",
        f"{MARK} the augmentation of the training resembles the condition: the row is then no "
        "measure of what was never seen.",
    ]
    if reference:
        seeds = ", ".join(str(one.seed) for one in reference.seeds)
        notes.append(
            f"Mean corruption error: error divided by that of {REFERENCE_NAME} (mean of seeds "
            f"{seeds}), condition by condition; below 1 is better."
        )
    for row in rows:
        known = row.first.trained_with
        text = "not known" if known is None else ", ".join(known) or "none"
        line = f"{row.name}: {_origin(row)}augmentation resembles: {text}."
        notes.append(f"{line} {row.first.notes}".strip())
    for row, warnings in zip(rows, condition_warnings.of_rows(rows), strict=True):
        notes += [f"Warning: {row.name}: {text}" for text in warnings]
        notes += [f"Taken back: {row.name}: {row.first.retired}"] * bool(row.first.retired)
    return notes


def _origin(row: ConditionRow) -> str:
    """Return what is known of a submission beside its scores, "" of a row of this project."""
    first = row.first
    if first.provenance != "submitted":
        return ""
    return "; ".join([f"submitted ({first.submission})", *first.stated, ""])


def cells_text(rows: Sequence[ConditionRow], cells: Sequence[HardCell]) -> str:
    """Return a CSV of all cells of all trainings of a config."""
    amounts = {cell.key: (cell.amount, cell.unit) for cell in cells}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        for one in row.seeds:
            start = (one.data, one.model, one.initialization, one.recipe, one.seed)
            for cell in one.cells:
                values: list[float] = []
                for name in ("accuracy", "f1"):
                    values += [cell.scores[name], *cell.intervals[name]]
                values.append(cell.calibration_error)
                key = (cell.condition, cell.level)
                refused = "" if cell.refused is None else f"{cell.refused:.4f}"
                numbers = [f"{value:.4f}" for value in values]
                writer.writerow([*start, *key, *amounts[key], *numbers, refused])
    return text.getvalue()
