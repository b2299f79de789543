"""Which record each name is for: its card and its place in a pair say so of the model."""

import types
from collections.abc import Sequence
from pathlib import Path

from benchmark.errors import BenchmarkError
from leaderboard.results.record import Record
from leaderboard.tasks import DETECTION
from tem_virus_dataset.networks import onnx_network
from tem_virus_dataset.networks.metadata import D4
from tem_virus_dataset.predict import models, pairs

PAIR, DETECTOR, CLASSIFIER = "two steps", "a detector", "a classifier"
_BOXES = "tem_virus/mirror_11class_boxes"
KINDS = types.MappingProxyType(
    {
        "virus-two-step": (PAIR, _BOXES),
        "virus-two-step-fast": (PAIR, _BOXES),
        "virus-detector": (DETECTOR, _BOXES),
        "virus-classifier": (CLASSIFIER, "tem_virus/mirror_11class"),
        "exosome-detector": (DETECTOR, "tem_exosome/sim_to_real_aggregates"),
    }
)
FAST = "virus-two-step-fast"  # in one view, without the detector's class; the other pair has both


def kind(record: Record) -> str:
    """Return what a record is of: two steps, a detector or a classifier."""
    if {"detector", "classifier"} <= set(record.recipe_settings):
        return PAIR
    return DETECTOR if record.task == DETECTION else CLASSIFIER


def check(name: str, file: Path, record: Record) -> None:
    """Refuse a record that is not what its card would call it.

    Raises:
      BenchmarkError: it is of another kind, or of other data.
    """
    found, expected = (kind(record), record.data), KINDS[name]
    if found != expected:
        raise BenchmarkError(
            f"{file}: is of {found[0]}, on {found[1]}; expected {expected[0]}, on {expected[1]}, "
            f"as the card of {name} states. Name another record, or the name that it is for."
        )


def check_steps(name: str, file: Path, transforms: int, detector_weight: float) -> None:
    """Refuse two steps that do not do what the card of this pair says.

    Args:
      transforms: that detections are averaged over; detector_weight: of the detector's class.

    Raises:
      BenchmarkError: it is the other pair's, or neither's.
    """
    expected = (1, False) if name == FAST else (D4, True)
    if (transforms, bool(detector_weight)) != expected:
        wanted = "no" if name == FAST else "a"
        raise BenchmarkError(
            f"{file}: detects in {transforms} of the D4 transforms, detector_weight "
            f"{detector_weight:g}; expected {expected[0]}, and {wanted} weight, as the card of "
            f"{name} states. Name another record, or the name that it is for."
        )


def out_of_date(name: str, run: str) -> Sequence[str]:
    """Return the released pairs that were scored with another network of this name.

    Args:
      name: of a network that is about to be written; run: that it is of.
    """
    file = models.FOLDER / f"{name}{models.SUFFIX}"
    if not file.exists() or onnx_network.load(file).metadata.run == run:
        return ()
    stated = {file.stem: pairs.read(file) for file in models.FOLDER.glob(f"*{pairs.SUFFIX}")}
    return sorted(pair for pair, of in stated.items() if name in (of.detector, of.classifier))
