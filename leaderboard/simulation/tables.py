"""How often a table calls a row worse that is not, and how often one that is.

Rows of one table are tested on the same micrographs. What is hard for one is mostly hard for all;
the seeds of a row share more than that.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leaderboard.ranking.comparison import BETTER, WORSE, Candidate, Difference, compare
from leaderboard.simulation.classifier_setting import Setting
from leaderboard.simulation.methods import Method, Micrographs

SHARED = 0.7  # share of a micrograph's variance that all rows have in common


@dataclass(frozen=True)
class Family:
    """Tables of equal rows.

    Attributes:
      setting: of each row, its seeds left out; seeds: of the rows in turn.
      rows: of a table; behind: macro F1 by which one more row is worse than they, 0 without it.
    """

    setting: Setting
    rows: int
    seeds: tuple[int, ...] = (3,)
    behind: float = 0.0

    @property
    def title(self) -> str:
        """The family as a cell of a table."""
        counts = "/".join(map(str, self.seeds))
        kind = dataclasses.replace(self.setting, seeds=1).title.removesuffix(", 1 seed")
        return f"{kind}, {self.rows} equal row{'s'[: self.rows > 1]} of {counts} seeds"


@dataclass(frozen=True)
class Errors:
    """In per cent of the tables.

    Attributes:
      wrong: call one of the equal rows worse or better; detected: call the row that is behind
        worse, None where there is none.
    """

    wrong: float
    detected: float | None


def measure(family: Family, repeats: int, rng: np.random.Generator) -> Errors:
    """Compare the rows of invented tables."""
    wrong = detected = 0
    for _ in range(repeats):
        differences = compare(_table(family, rng))
        last = differences.pop() if family.behind else None
        wrong += _is_wrong(differences)
        detected += last is not None and last.state == WORSE
    return Errors(100 * wrong / repeats, 100 * detected / repeats if family.behind else None)


def _is_wrong(differences: Sequence[Difference]) -> bool:
    return any(difference.state in (WORSE, BETTER) for difference in differences)


def _table(family: Family, rng: np.random.Generator) -> list[Candidate]:
    """Invent one table; the row that is behind is the last."""
    method = Method.invented(family.setting, rng)
    on = Micrographs.drawn(family.setting, method.wrong, rng)
    seeds = [family.seeds[row % len(family.seeds)] for row in range(family.rows)]
    candidates = [_row(method, on, number, rng) for number in seeds]
    if family.behind:
        candidates.append(_row(method.behind(family.behind), on, max(family.seeds), rng))
    return candidates


def _row(method: Method, on: Micrographs, seeds: int, rng: np.random.Generator) -> Candidate:
    own = rng.normal(size=len(on.hard))
    hard = np.sqrt(SHARED) * on.hard + np.sqrt(1 - SHARED) * own
    sample = method.row(dataclasses.replace(on, hard=hard), seeds, rng, others=1)
    return Candidate(sample.scores["f1"], sample.residuals["f1"])
