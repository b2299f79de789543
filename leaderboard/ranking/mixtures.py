"""Submitted rows that deviate from the ground truth as other rows do, or as a mixture of them.

A copy with noise on every number, and the mean of two rows, have scores of their own and hardly an
equal answer (`metrics.sketches`). Both are shown beside the row, and never refused: an ensemble
of public predictions is no fault where its card says so.
"""

import bisect
from collections.abc import Callable, Sequence

import numpy as np

from leaderboard.metrics import sketches
from leaderboard.ranking.rows import Row

NEAREST = 100  # rows by F1, of which a mixture is looked for, beside ours


def of_rows(rows: Sequence[Row], name_of: Callable[[Row], str]) -> list[tuple[int, str]]:
    """Return the places of submitted rows of one table that are mixtures, with a sentence each.

    Each is compared with our rows and with earlier submissions of about its F1, so that time is
    linear.

    Args:
      name_of: how a row is called in texts.
    """
    known = sorted((_f1(row), place) for place, row in enumerate(rows) if row.sketches)
    ours = [place for _, place in known if rows[place].provenance != "submitted"][-NEAREST:]
    places = [place for _, place in known]
    values = [f1 for f1, _ in known]
    found = []
    for f1, place in known:
        row = rows[place]
        if row.provenance != "submitted":
            continue
        middle = bisect.bisect_left(values, f1)
        near = places[max(0, middle - NEAREST // 2) : middle + NEAREST // 2]
        pool = [p for p in dict.fromkeys([*ours, *near]) if _comes_before(rows[p], row)]
        if text := _of_row(row, [rows[p] for p in pool], name_of):
            found.append((place, text))
    return found


def _of_row(row: Row, pool: Sequence[Row], name_of: Callable[[Row], str]) -> str:
    owners = [other for other in pool for _ in other.sketches]
    if not owners:
        return ""
    members = np.array([sketch for other in pool for sketch in other.sketches])
    shares = [sketches.share(own, members) for own in row.sketches]
    share, taken = max(shares, key=lambda pair: pair[0])
    if share >= sketches.ROWS[row.task]:
        names = list(dict.fromkeys(name_of(owners[index]) for index in taken))
        what = "those" if len(taken) == 1 else "a mixture of those"
        return (
            f"{share:.0%} of its deviations from the ground truth are {what} of "
            f"{' and '.join(names)}"
        )
    errors = np.array([sketches.common_errors(own, members) for own in row.sketches]).max(axis=0)
    if (share := errors.max()) >= sketches.ERRORS_ALIKE:
        return f"{share:.0%} of its errors are those of {name_of(owners[int(errors.argmax())])}"
    return ""


def _comes_before(one: Row, other: Row) -> bool:
    """Say whether a row is ours, or a submission whose first record is older."""
    if one is other:
        return False
    return one.provenance != "submitted" or one.records[0].created < other.records[0].created


def _f1(row: Row) -> float:
    value = row.test["f1"]
    return value.mean if value else -1.0
