"""The detector that a training began from, scored beside the new one."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import small_scenes

from benchmark.detection import evaluate, ground_truth, starting
from benchmark.detection.data import Scenes
from benchmark.detection.recipes import RECIPES
from benchmark.detection.task import TASK
from benchmark.training.task import COMPARED, FinishedRun
from leaderboard.predictions.detection import Detections
from tem_virus_dataset.networks import onnx_network
from tem_virus_dataset.networks.nms import DetectedBoxes
from tem_virus_dataset.predict import models as released

DETECTOR = released.find("virus-detector")
RECIPE = dataclasses.replace(RECIPES["finetune"], nm_per_pixel=2.0)
KNOWN = ("Adenovirus", "Cowpox")


def scenes(classes: tuple[str, ...], config: str = "folder/mine") -> Scenes:
    return dataclasses.replace(small_scenes.small_scenes(), classes=classes, config=config)


def perfect(data: Scenes) -> dict[str, Detections]:
    """The boxes of the ground truth as detections."""
    found = {}
    for split in starting.SPLITS:
        boxes = [
            DetectedBoxes(one.boxes, one.labels, np.full(len(one.boxes), 0.9, np.float32))
            for one in data.splits[split]
        ]
        found[split] = evaluate.joined(ground_truth.table(data, split), boxes)
    return found


def none(data: Scenes) -> dict[str, Detections]:
    """No detection at all."""
    return {
        split: dataclasses.replace(
            one, micrographs=one.micrographs[:0], boxes=one.boxes[:0], labels=one.labels[:0],
            confidence=one.confidence[:0],
        )
        for split, one in perfect(data).items()
    }  # fmt: skip


def test_a_better_detector_is_said_to_be_better() -> None:
    data = scenes(KNOWN)
    text = starting.compared(DETECTOR, data, RECIPE, perfect(data), 0.5)
    assert text.startswith(f"{COMPARED} virus-detector, on the same micrographs; before (virus-")
    assert "after (from 0.500 on): validation F1 1.000 (precision 1.000, recall 1.000)" in text
    assert "better on validation, by " in text


def test_a_worse_one_is_told_to_be_left() -> None:
    data = scenes(KNOWN)
    text = starting.compared(DETECTOR, data, RECIPE, none(data), 0.5)
    assert "after (from 0.500 on): validation F1 0.000" in text
    assert "on validation: keep virus-detector" in text


@pytest.mark.parametrize(
    ("classes", "said"),
    [
        (("Adenovirus", "Mine"), "virus-detector does not know Mine: these count as missed by it"),
        (("Mine", "Other"), "virus-detector knows none of your classes, so every particle counts"),
    ],
)
def test_classes_that_it_does_not_know_are_named(classes: tuple[str, ...], said: str) -> None:
    data = scenes(classes)
    text = starting.compared(DETECTOR, data, RECIPE, perfect(data), 0.5)
    assert said in text
    assert "validation F1 1.000" in text


@pytest.mark.parametrize(("config", "is_said"), [("folder/mine", False), ("folder/new", True)])
def test_micrographs_that_it_may_have_been_trained_on_are_warned_of(
    config: str, is_said: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = onnx_network.load(DETECTOR)
    stated = dataclasses.replace(network.metadata, data="folder/mine")
    network = dataclasses.replace(network, metadata=stated)
    monkeypatch.setattr(onnx_network, "load", lambda file: network)
    data = scenes(KNOWN, config)
    text = starting.compared(DETECTOR, data, RECIPE, perfect(data), 0.5)
    assert ("was trained on folder/mine, which may be divided otherwise" in text) == is_said


def run(data: Scenes, **fields: object) -> FinishedRun:
    blank = {field.name: None for field in dataclasses.fields(FinishedRun)}
    changed = {"predictions": perfect(data), "fields": {"confidence": 0.5}} | fields
    return FinishedRun(**blank | changed)  # type: ignore[arg-type]


def test_only_trainings_of_own_images_that_began_somewhere_are_compared(tmp_path: Path) -> None:
    data = scenes(KNOWN)
    assert TASK.compared(DETECTOR, data, RECIPE, run(data)).startswith(COMPARED)
    assert TASK.compared(None, data, RECIPE, run(data)) == ""
    public = scenes(KNOWN, "tem_virus/mirror_11class_boxes")
    assert TASK.compared(DETECTOR, public, RECIPE, run(public)) == ""


def test_what_cannot_be_compared_does_not_lose_the_training(tmp_path: Path) -> None:
    data = scenes(KNOWN)
    checkpoint = tmp_path / "best-3.npz"
    checkpoint.write_bytes(b"")
    text = TASK.compared(checkpoint, data, RECIPE, run(data))
    assert text.startswith(f"{COMPARED} not done, since best-3.npz states neither its classes")
    damaged = tmp_path / "damaged.onnx"
    damaged.write_bytes(DETECTOR.read_bytes()[:5000])
    text = TASK.compared(damaged, data, RECIPE, run(data))
    assert text.startswith(f"{COMPARED} not done, since damaged.onnx could not be used again")
    assert "\n" not in text
