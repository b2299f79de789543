"""What only a detector's row holds: the confidence threshold, AP50 on validation, companions."""

from collections.abc import Sequence
from typing import Any

from leaderboard.files.names import is_own
from leaderboard.ranking.rows import value_of
from leaderboard.results.detection import Evidence
from leaderboard.results.record import Record
from leaderboard.scoring.detection import COMPANIONS


def row_values(group: Sequence[Record], evidence: Evidence | None) -> dict[str, Any]:
    """Return the fields of a `Row` that are of this task, from the records of its seeds."""
    first = group[0]
    setting = first.recipe_settings.get("nm_per_pixel")
    size = float(setting) if isinstance(setting, int | float) else None
    return {
        "nm_per_pixel": size if not is_own(first.data) else first.nm_per_pixel,
        "confidence": value_of(record.confidence for record in group),
        "validation_ap50": value_of(
            record.validation["ap50"] if record.validation else None for record in group
        ),
        "companions": {
            name: value_of(scored.companions.get(name) for scored in evidence.scored)
            for name in COMPANIONS
        }
        if evidence
        else {},
    }
