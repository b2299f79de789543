"""Submitted rows that deviate from the ground truth as other rows do, or as a mixture of them.

A copy with noise on every number, and the mean of two rows, have scores of their own and hardly an
equal answer (`metrics.sketches`). Both are shown beside the row, and never refused: an ensemble
of public predictions is no fault where its card says so.
"""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leaderboard.metrics import sketches
from leaderboard.metrics.sketches import Sketch

NEAREST = 100  # rows by F1, of which a mixture is looked for, beside ours


@dataclass(frozen=True)
class Deviations:
    """How the seeds of a row deviate from the ground truth, and whose it is.

    Attributes:
      name: of the row in texts; is_ours: whether this project ran it; created: time or day.
      source: rows of one source are not compared; f1: their mean, -1 where it is not known.
      task: see `tasks.TASKS`; sketches: of the seeds, () where the row is not compared.
    """

    name: str
    is_ours: bool
    created: str
    source: object
    f1: float
    task: str
    sketches: tuple[Sketch, ...]


def of_rows(rows: Sequence[Deviations]) -> list[tuple[int, str]]:
    """Return the places of submitted rows of one table that are mixtures, with a sentence each.

    Each is compared with our rows and with earlier submissions of about its F1, so that time is
    linear.
    """
    known = sorted((row.f1, place) for place, row in enumerate(rows) if row.sketches)
    ours = [place for _, place in known if rows[place].is_ours][-NEAREST:]
    places = [place for _, place in known]
    values = [f1 for f1, _ in known]
    found = []
    for f1, place in known:
        if rows[place].is_ours:
            continue
        middle = bisect.bisect_left(values, f1)
        near = places[max(0, middle - NEAREST // 2) : middle + NEAREST // 2]
        pool = [p for p in dict.fromkeys([*ours, *near]) if _comes_before(rows, p, place)]
        if text := _of_row(rows[place], [rows[p] for p in pool]):
            found.append((place, text))
    return found


def _of_row(row: Deviations, pool: Sequence[Deviations]) -> str:
    owners = [other.name for other in pool for _ in other.sketches]
    if not owners:
        return ""
    members = np.array([sketch for other in pool for sketch in other.sketches])
    shares = [sketches.share(own, members) for own in row.sketches]
    share, taken = max(shares, key=lambda pair: pair[0])
    if share >= sketches.ROWS[row.task]:
        names = list(dict.fromkeys(owners[index] for index in taken))
        what = "those" if len(taken) == 1 else "a mixture of those"
        return (
            f"{share:.0%} of its deviations from the ground truth are {what} of "
            f"{' and '.join(names)}"
        )
    errors = np.array([sketches.common_errors(own, members) for own in row.sketches]).max(axis=0)
    if (share := errors.max()) >= sketches.ERRORS_ALIKE:
        return f"{share:.0%} of its errors are those of {owners[int(errors.argmax())]}"
    return ""


def _comes_before(rows: Sequence[Deviations], place: int, submitted: int) -> bool:
    """Say whether a row is ours, or an older submission, of another source than a submitted one."""
    one, other = rows[place], rows[submitted]
    if one.source == other.source:
        return False
    return one.is_ours or (one.created, place) < (other.created, submitted)
