"""Files of networks whose entries somebody edited: each is refused, in one line."""

import dataclasses
import math
from pathlib import Path

import pytest

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.networks import onnx_network, ready
from tem_virus_dataset.predict import models

onnx = pytest.importorskip("onnx")
CLASSIFIER, DETECTOR = models.find("virus-classifier"), models.find("virus-detector")
NAMES = [f"virus {number}" for number in range(12)]


def edited(source: Path, tmp_path: Path, **entries: object) -> Path:
    network = onnx.load(source)
    stated = dataclasses.replace(onnx_network.load(source).metadata, **entries)
    onnx.helper.set_model_props(network, stated.properties())
    file = tmp_path / "edited.onnx"
    file.write_bytes(network.SerializeToString())
    return file


@pytest.mark.parametrize("source", [CLASSIFIER, DETECTOR])
@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({"classes": NAMES}, "states 12 classes, and its network has 11"),
        ({"classes": NAMES[:1]}, "states 1 classes, and its network has 11"),
        ({"classes": []}, r"states classes \[\]; expected one or more names"),
        ({"classes": [*NAMES[:10], NAMES[3]]}, "states classes .*; expected one or more names"),
        ({"classes": [*NAMES[:10], " "]}, "states classes .*; expected one or more names"),
        ({"nm_per_pixel": -2.0}, "states nm_per_pixel -2.0; expected a number above 0"),
        ({"nm_per_pixel": math.inf}, "states nm_per_pixel inf; expected a number above 0"),
        ({"temperature": -1.0}, "states temperature -1.0; expected a number above 0"),
        ({"temperature": math.nan}, "states temperature nan; expected a number above 0"),
        ({"confidence": 44.7}, "states confidence 44.7; expected a number from 0 to 1"),
        ({"nms_iou": -0.5}, "states nms_iou -0.5; expected a number from 0 to 1"),
        ({"tta": 0}, "states tta 0; expected 1 to 8"),
        ({"tta": 9}, "states tta 9; expected 1 to 8"),
        ({"standardization": "none"}, "states standardization none; expected image"),
        ({"image_size": 100}, "states image_size 100; expected a"),
    ],
)
def test_values_that_no_training_states(source: Path, tmp_path: Path, entries, said: str) -> None:
    with pytest.raises(DatasetError, match=rf"edited\.onnx: {said}.*Restore it"):
        ready.load(edited(source, tmp_path, **entries))


def test_entries_of_the_other_task(tmp_path: Path) -> None:
    with pytest.raises(DatasetError, match="states anchors None; expected three widths"):
        ready.load(edited(CLASSIFIER, tmp_path, task="detection"))
    with pytest.raises(DatasetError, match="its output has 3 axes; expected 2"):
        ready.load(edited(DETECTOR, tmp_path, task="classification", image_size=256))
    with pytest.raises(DatasetError, match=r"states images of 64 pixels, .* takes 128"):
        ready.load(edited(CLASSIFIER, tmp_path, image_size=64))
    anchors = [[[1.0, 2.0]] * 3] * 2
    with pytest.raises(DatasetError, match=r"states anchors .*; expected three widths"):
        ready.load(edited(DETECTOR, tmp_path, anchors=anchors))


def test_what_was_not_edited_is_read(tmp_path: Path) -> None:
    ready.load(edited(DETECTOR, tmp_path, confidence=0.0, tta=8))
    ready.load(edited(CLASSIFIER, tmp_path, temperature=None, nm_per_pixel=None))
