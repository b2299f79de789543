"""The classes of one table over its rows: a heat map, and how hard each class is."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leaderboard.ground_truth.table_files import GroundTruthError
from leaderboard.ranking.rows import Row
from leaderboard.site.classes import facts
from leaderboard.site.classes.facts import ClassFacts
from leaderboard.tasks import part

MOST_ROWS = 12  # of a heat map
SHADES = 8  # of a cell: "h0" for the lowest scores to "h8"
FLOOR = 0.2  # scores below have the darkest shade


@dataclass(frozen=True)
class Cell:
    """A score of a heat map, as text, and its shade in `style.css`; "" and "" where not known."""

    text: str
    shade: str


@dataclass(frozen=True)
class HeatLine:
    """A row of a heat map: the place of the row in its table, and a cell for each class."""

    number: int
    cells: list[Cell]


@dataclass(frozen=True)
class ClassLine:
    """One class of a table.

    Attributes:
      name; facts: None where it is no virus of the 14; picture: file name or "".
      examples, micrographs: of the test split, None where no table is shipped.
      f1: mean over the rescored rows, None without; best: highest of them; shade: of `f1`.
      confused: what it is most often mistaken for, with the share of its examples in per cent.
    """

    name: str
    facts: ClassFacts | None
    picture: str
    examples: int | None
    micrographs: int | None
    f1: float | None
    best: float | None
    shade: str
    confused: list[tuple[str, str]]


@dataclass(frozen=True)
class Classes:
    """The classes of a table, the hardest first where scores are known.

    Attributes:
      unit: what `ClassLine.examples` counts; rows: over how many rows the means are.
      names: the columns of the heat map, in label order; heat: its lines, [] without them.
    """

    unit: str
    rows: int
    lines: list[ClassLine]
    names: list[str]
    heat: list[HeatLine]

    @property
    def has_confused(self) -> bool:
        """Whether it is known of any class what it is mistaken for."""
        return any(line.confused for line in self.lines)


def of(data: str, task: str, rows: Sequence[Row]) -> Classes | None:
    """Return the classes of a table; None of one class, or where they are not known.

    Args:
      data: the config; rows: of its table, in order.
    """
    scored = [(number, row) for number, row in enumerate(rows) if row.rescored]
    by_row = {number: row.rescored.class_f1 for number, row in scored if row.rescored}
    tested = _tested(data, task)
    first: Iterable[str] = next(iter(by_row.values()), {})
    names = list(tested or first)
    if len(names) < 2:
        return None
    confusion = _confusion([row for _, row in scored], names)
    lines = []
    for place, name in enumerate(names):
        values = [f1[name] for f1 in by_row.values() if name in f1]
        mean = statistics.fmean(values) if values else None
        examples, micrographs = tested.get(name, (None, None))
        lines.append(
            ClassLine(
                name=name,
                facts=facts.of(name),
                picture=facts.picture(name),
                examples=examples,
                micrographs=micrographs,
                f1=mean,
                best=max(values, default=None),
                shade=shade(mean),
                confused=[] if confusion is None else _mistaken(confusion, place, names),
            )
        )
    if by_row:
        lines.sort(key=lambda line: (line.f1 is None, line.f1 or 0.0))
    heat = [
        HeatLine(number, [cell(by_row[number].get(name)) for name in names])
        for number, _ in scored[:MOST_ROWS]
    ]
    unit = "particles" if task == "detection" else "patches"
    return Classes(unit, len(by_row), lines, names, heat)


def cell(score: float | None) -> Cell:
    """Return the cell of a score.

    >>> cell(0.953), cell(1.0)
    (Cell(text='.95', shade='h8'), Cell(text='1.0', shade='h8'))
    """
    if score is None:
        return Cell("", "")
    text = f"{score:.2f}"
    return Cell("1.0" if text == "1.00" else text[1:], shade(score))


def shade(score: float | None) -> str:
    """Return the shade of a score, "" where it is not known; the lower, the stronger it is."""
    if score is None:
        return ""
    return f"h{round(SHADES * min(1.0, max(0.0, (score - FLOOR) / (1 - FLOOR))))}"


def _tested(data: str, task: str) -> dict[str, tuple[int, int]]:
    """Return examples and micrographs of each class in the test split, {} without a table."""
    try:
        truth = part("ground_truth", task).read(data, "test")
    except GroundTruthError:
        return {}
    labels = np.asarray(truth.labels)
    micrographs = np.asarray(truth.micrographs)
    return {
        name: (int((labels == n).sum()), len(np.unique(micrographs[labels == n])))
        for n, name in enumerate(truth.classes)
    }


def _confusion(rows: Sequence[Row], names: Sequence[str]) -> NDArray[np.float64] | None:
    """Return the mean of the rows' confusion matrices, each with rows that sum to 1."""
    found = []
    for row in rows:
        matrices = [r.confusion for r in row.records if r.confusion and r.classes == list(names)]
        if matrices:
            total = np.sum(matrices, axis=0).astype(np.float64)
            found.append(total / np.maximum(total.sum(axis=1, keepdims=True), 1))
    return np.mean(found, axis=0) if found else None


def _mistaken(
    confusion: NDArray[np.float64], place: int, names: Sequence[str]
) -> list[tuple[str, str]]:
    """Return the two classes that a class is most often mistaken for, of at least 1 %."""
    shares = confusion[place].copy()
    shares[place] = 0
    return [
        (names[n], f"{100 * shares[n]:.0f} %") for n in np.argsort(-shares)[:2] if shares[n] >= 0.01
    ]
