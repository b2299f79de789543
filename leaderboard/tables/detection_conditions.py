"""The table of detectors under hard conditions."""

from collections.abc import Sequence

from tabulate import tabulate

from leaderboard.ground_truth.conditions import HardCell
from leaderboard.results.detection_conditions import DetectionCell, DetectionConditionScores
from leaderboard.tables.cells import escaped

TITLES = {"f1": "F1", "precision": "precision", "recall": "recall", "ap50": "AP50"}


def section_text(found: Sequence[DetectionConditionScores], cells: Sequence[HardCell]) -> str:
    """Return all text between the markers of one config: table and notes.

    Args:
      found: at least one; cells: of the shipped table.
    """
    header = ["model", "score", *(_title(cell) for cell in cells)]
    lines = [
        [
            escaped(_name(one)) if number == 0 else "",
            title,
            *(_value(cell, name) for cell in one.cells),
        ]
        for one in found
        for number, (name, title) in enumerate(TITLES.items())
    ]
    table = tabulate(lines, header, tablefmt="github", disable_numparse=True)
    return "\n\n".join((table, "\n".join(f"* {escaped(note)}" for note in notes(found))))


def notes(found: Sequence[DetectionConditionScores]) -> list[str]:
    """Return the sentences below the table, in plain text; found: at least one."""
    sentences = [
        f"{found[0].micrographs} test micrographs, at each model's confidence threshold, chosen on "
        "validation micrographs without a condition; 95 % intervals over micrographs."
    ]
    for one in found:
        known = one.trained_with
        text = "not known" if known is None else ", ".join(known) or "none"
        line = f"{_name(one)}: augmentation resembles: {text}."
        sentences.append(f"{line} {one.notes}".strip())
    return sentences


def _title(cell: HardCell) -> str:
    return escaped(f"{cell.condition} {cell.amount} {cell.unit}".strip())


def _name(one: DetectionConditionScores) -> str:
    return f"{one.model}, {one.recipe}, seed {one.seed}"


def _value(cell: DetectionCell, name: str) -> str:
    if name not in cell.scores:
        return ""
    ends = cell.intervals.get(name)
    text = f"{cell.scores[name]:.3f}"
    return f"{text} [{ends[0]:.3f}, {ends[1]:.3f}]" if ends else text
