"""What a page needs to compare any two rows: small scripts that it loads when two are ticked.

A script, not JSON, because a page of the disk (`file://`) may load scripts alone. The page computes
the interval of the difference of this one pair from the same parts as the table: the residuals of
each micrograph, the spread over seeds pooled over the table, Student's t with Satterthwaite's
degrees of freedom. The table's own intervals are wider: they hold for all its rows at once.
"""

import json
from collections.abc import Sequence
from typing import Any

from scipy.special import stdtrit

from leaderboard.ranking.comparison import Spread, candidate_of
from leaderboard.ranking.rows import Row

TABLE, ROW = "compare.js", "compare.js"  # beside the table, and beside each row's page
DIGITS = 6  # of a score
DEGREES = (2, 2.5, 3, 4, 5, 6, 8, 10, 15, 20, 30, 60, 120, 1e6)
TAIL = 0.975


def of_table(rows: Sequence[Row]) -> bytes:
    """Return what all pairs of a table share: the spread over seeds, and quantiles of t."""
    candidates = [found for row in rows if (found := candidate_of(row))]
    known = any(len(one.scores) > 1 for one in candidates)
    spread = Spread.pooled(candidates) if known else None
    content = {
        "seedVariance": max(spread.total - spread.by_micrograph, 0.0) if spread else None,
        "seedDegrees": spread.degrees if spread else None,
        "quantiles": [[degrees, round(float(stdtrit(degrees, TAIL)), 5)] for degrees in DEGREES],
    }
    return _script("table", content)


def of_row(row: Row, slug: str, label: str) -> bytes:
    """Return the script of a row: its scores, residuals and F1 of each class; b"" without them."""
    candidate = candidate_of(row)
    if candidate is None or row.rescored is None:
        return b""
    content: dict[str, Any] = {
        "name": f"{row.model}, {label}",
        "seeds": len(candidate.scores),
        "f1": round(float(candidate.scores.mean()), DIGITS),
        "residuals": [round(float(v), 7) for v in candidate.residuals.mean(axis=0)],
        "classes": [[name, round(f1, 4)] for name, f1 in row.rescored.class_f1.items()],
    }
    return _script(slug, content)


def _script(name: str, content: dict[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return f"compared({json.dumps(name)},{text});\n".encode()
