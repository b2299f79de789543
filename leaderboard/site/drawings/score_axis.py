"""Scores as drawings: one axis for a table, the places of scores and intervals on it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from leaderboard.ranking.rows import Row, Value


@dataclass(frozen=True)
class Axis:
    """What the drawings of one table span, both from 0 to 1."""

    low: float
    high: float

    def place(self, value: float) -> float:
        """Return the place of a value, per cent of the width."""
        return round(100 * (value - self.low) / (self.high - self.low), 2)

    @property
    def ticks(self) -> list[float]:
        """The tenths of the axis; every twentieth where it is short."""
        step = 0.1 if self.high - self.low > 0.25 else 0.05
        number = round((self.high - self.low) / step)
        return [round(self.low + step * index, 2) for index in range(number + 1)]


@dataclass(frozen=True)
class Drawn:
    """The place of a score and of its interval, per cent of the width.

    Attributes:
      low, high: its interval; None where not known.
      spread: they are a standard deviation to each side, not an interval of 95 %.
    """

    at: float
    low: float | None
    high: float | None
    spread: bool


def axis(rows: Iterable[Row]) -> Axis:
    """Return an axis from one tenth to another around all F1 and their intervals."""
    values = [v for row in rows if (s := row.test["f1"]) for v in (s.mean, *(ends(s) or ()))]
    if not values:
        return Axis(0.0, 1.0)
    low, high = math.floor(10 * min(values)) / 10, math.ceil(10 * max(values)) / 10
    return Axis(low, high) if low < high else Axis(max(0.0, low - 0.1), max(0.1, high))


def drawn(score: Value | None, on: Axis) -> Drawn | None:
    """Return the place of a score, None where it is not known."""
    if score is None:
        return None
    low, high = (on.place(end) for end in found) if (found := ends(score)) else (None, None)
    return Drawn(on.place(score.mean), low, high, score.interval is None)


def ends(score: Value) -> tuple[float, float] | None:
    """Return the 95 % interval; where only a standard deviation is known, that to each side."""
    if score.interval is None and score.std is not None:
        return max(0.0, score.mean - score.std), min(1.0, score.mean + score.std)
    return score.interval
