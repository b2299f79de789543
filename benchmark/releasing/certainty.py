"""From which confidence on a detection is rarely wrong: chosen on validation, looked at on test."""

import dataclasses
from typing import Any

import numpy as np

from leaderboard.metrics.curves import Curve

CORRECT = 0.9  # share of the detections that are


@dataclasses.dataclass(frozen=True)
class Certainty:
    """A threshold and what it does.

    Attributes:
      confidence: from which on nine in ten detections of validation are correct.
      test_precision: share of the detections from there on that are correct on test.
      test_recall: share of the boxes of test that they are.
    """

    confidence: float
    test_precision: float
    test_recall: float


def certainty(evidence: Any) -> Certainty | None:
    """Return the lowest such confidence, the record's own at least; None where there is none.

    Args:
      evidence: of the record of a detector, see `proof`.
    """
    (on_validation,), (on_test,) = evidence.validation, evidence.scored
    confidence = lowest(on_validation.curve, on_validation.confidence)
    if confidence is None:
        return None
    above = np.flatnonzero(on_test.curve.confidence >= confidence)
    if not len(above):
        return None
    precision, recall = (
        float(values[above[-1]]) for values in (on_test.curve.precision, on_test.curve.recall)
    )
    return Certainty(confidence, precision, recall)


def lowest(curve: Curve, least: float) -> float | None:
    """Return the lowest confidence, `least` at least, from which on enough are correct."""
    enough = curve.confidence[(curve.precision >= CORRECT) & (curve.confidence >= least)]
    return float(enough.min()) if len(enough) else None


def paragraph(certain: Certainty | None) -> str:
    """Return what the model card says of it."""
    if certain is None:
        return ""
    return (
        f"Detections below a confidence of {certain.confidence:.3f} count as uncertain: of those "
        f"above it, {CORRECT:.0%} are correct on validation. On test they are "
        f"{certain.test_precision:.0%}, and {certain.test_recall:.0%} of all particles are "
        "among them."
    )
