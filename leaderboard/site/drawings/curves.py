"""The plots of a row's page: training curves of all seeds, calibration, curves of a detector."""

import math
from collections.abc import Sequence

import numpy as np

from leaderboard.metrics.calibration import Reliability
from leaderboard.metrics.curves import Curve
from leaderboard.results.record import Record
from leaderboard.site.drawings.line_plot import LinePlot, Points, Series, line_plot

COLOURS = 3  # styles "s0", "s1", ... of style.css; seeds beyond repeat them


def training(records: Sequence[Record], score: str) -> list[LinePlot]:
    """Return loss, and validation score, over the epochs; all seeds in each; [] without history.

    Args:
      score: name of the validation score.
    """
    kept = [record for record in records if record.history]
    if not kept:
        return []
    epochs = max(len(record.history or ()) for record in kept)
    several = len(kept) > 1
    losses = [
        Series("" if several else "training", f"{_style(n)} thin", _values(record, "loss"))
        for n, record in enumerate(kept)
    ]
    losses += [_validation(record, n, "validation_loss", several) for n, record in enumerate(kept)]
    scores = [_validation(record, n, "validation_f1", several) for n, record in enumerate(kept)]
    plots = []
    for name, title, series in (
        ("loss", "loss", losses), ("validation", f"validation {score}", scores),
    ):  # fmt: skip
        known = [one for one in series if one.points]
        values = [value for one in known for _, value in one.points]
        if values:
            about = f"{title[0].upper()}{title[1:]} over {epochs} epochs, {_seeds(kept)}."
            ends = _ends(values) if name == "validation" else (0.0, _top(values))
            plots.append(
                line_plot(name, about, ("epoch", title), known, (1, max(2, epochs)), ends,
                          whole=True)
            )  # fmt: skip
    return plots


def reliability(found: Reliability, error: str) -> LinePlot:
    """Return accuracy over confidence as bars; the dots are the mean confidence of each bin."""
    bars = [
        (float(left), float(found.width), float(accuracy))
        for left, accuracy, count in zip(found.left, found.accuracy, found.count, strict=True)
        if count
    ]
    dots = [
        (float(value), float(value))
        for value, count in zip(found.confidence, found.count, strict=True)
        if count
    ]
    return line_plot(
        "reliability",
        f"Reliability on the test split: accuracy over confidence; expected calibration error "
        f"{error}.",
        ("confidence", "accuracy"),
        [Series("mean confidence of the bin", "s1", (), dots=dots)],
        (0, 1),
        (0, 1),
        bars=bars,
        diagonal=True,
    )


def over_confidence(curves: Sequence[Curve], chosen: Sequence[float]) -> LinePlot:
    """Return precision, recall and F1 over the confidence threshold, each seed a line."""
    series = [
        Series(
            {"f1": "F1"}.get(name, name) if not number else "", style,
            _pairs(curve.confidence[::-1], getattr(curve, name)[::-1]), steps=True,
        )
        for number, curve in enumerate(curves)
        for name, style in (("precision", "s0"), ("recall", "s1"), ("f1", "s2"))
    ]  # fmt: skip
    return line_plot(
        "confidence", "Precision, recall and F1 of the test split over the confidence threshold.",
        ("confidence threshold", "score"), series, (0, 1), (0, 1), marks=chosen,
    )  # fmt: skip


def precision_recall(curves: Sequence[Curve], seeds: Sequence[int]) -> LinePlot:
    """Return precision over recall, all classes together, a line for the curve of each seed."""
    series = [
        Series(f"seed {seed}" if len(curves) > 1 else "", _style(n), _pairs(c.recall, c.precision))
        for n, (c, seed) in enumerate(zip(curves, seeds, strict=True))
    ]
    return line_plot(
        "precision-recall", "Precision over recall of the test split, all classes together.",
        ("recall", "precision"), series, (0, 1), (0, 1),
    )  # fmt: skip


def _values(record: Record, name: str) -> Points:
    """Return epoch and value, of the epochs that have one."""
    found = [(n, epoch.get(name)) for n, epoch in enumerate(record.history or (), start=1)]
    return [(n, float(v)) for n, v in found if isinstance(v, int | float) and math.isfinite(v)]


def _kept(record: Record, values: Points) -> Points:
    return [point for point in values if point[0] == record.best_epoch]


def _pairs(x: np.ndarray, y: np.ndarray) -> Points:
    return list(zip(x.tolist(), y.tolist(), strict=True))


def _style(number: int) -> str:
    return f"s{number % COLOURS}"


def _validation(record: Record, number: int, name: str, several: bool) -> Series:
    values = _values(record, name)
    label = f"seed {record.seed}" if several else "validation"
    return Series(label, _style(number), values, dots=_kept(record, values))


def _seeds(kept: Sequence[Record]) -> str:
    return f"{len(kept)} seeds" if len(kept) > 1 else f"seed {kept[0].seed}"


def _ends(values: Sequence[float]) -> tuple[float, float]:
    """Return tenths around scores."""
    low, high = math.floor(10 * min(values)) / 10, math.ceil(10 * max(values)) / 10
    return (low, high) if low < high else (low - 0.1, high)


def _top(values: Sequence[float]) -> float:
    """Return the largest loss; of many, the 98th percentile, so that one peak hides no curve."""
    return float(np.percentile(values, 98)) * 1.05 or 1.0
