"""What only a classifier's row holds: clean patches, calibration, accuracy by micrograph."""

from collections.abc import Sequence
from typing import Any

from leaderboard.files.names import is_own
from leaderboard.ranking.rows import Value, value_of, with_interval
from leaderboard.results.classification import Evidence
from leaderboard.results.record import Record

PATCH_NM = 256  # side of a patch of every config, in nm


def row_values(group: Sequence[Record], evidence: Evidence | None) -> dict[str, Any]:
    """Return the fields of a `Row` that are of this task, from the records of its seeds."""
    first = group[0]
    pixels = first.recipe_settings.get("image_size")
    fields: dict[str, Any] = {}
    trained_here = first.provenance == "reproduced" and not is_own(first.data)
    if trained_here and isinstance(pixels, int) and pixels > 0:
        fields["nm_per_pixel"] = PATCH_NM / pixels
    if not evidence:
        return fields
    return {
        **fields,
        "by_micrograph": value_of(scored.by_micrograph for scored in evidence.scored),
        "micrograph_mean": value_of(scored.micrograph_accuracy for scored in evidence.scored),
        "clean_f1": _clean_f1(evidence),
        "calibration_error": value_of(scored.calibration_error for scored in evidence.scored),
    }


def _clean_f1(evidence: Evidence) -> Value | None:
    """Return macro F1 of the test patches whose field no other split shows; None if all are so."""
    if evidence.truth.clean.all():
        return None
    known = [scored for scored in evidence.scored if scored.clean]
    f1 = [scored.clean.f1 for scored in known if scored.clean]
    value = value_of(f1)
    residuals = [scored.clean_residuals["f1"] for scored in known]
    return value and with_interval(value, "f1", f1, residuals)
