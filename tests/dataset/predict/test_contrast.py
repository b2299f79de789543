"""Particles that are darker than the stain: said where nothing is detected, and `--invert`."""

import csv
from pathlib import Path

import numpy as np
import pytest
import tifffile

from tem_virus_dataset.corrections import predicted
from tem_virus_dataset.networks.detector import Detector
from tem_virus_dataset.networks.nms import DetectedBoxes
from tem_virus_dataset.predict import inputs, outputs, pipeline, run
from tem_virus_dataset.predict.micrograph import Settings

PLACES = [(60, 60), (200, 180), (60, 200)]
BRIGHT = np.random.default_rng(0).integers(90, 110, (260, 300)).astype(np.uint8)
for x, y in PLACES:
    BRIGHT[y - 12 : y + 12, x - 12 : x + 12] = 180


def bright_places(images: np.ndarray) -> list[DetectedBoxes]:
    """Detect the places whose centres are bright."""
    found = []
    for image in images:
        at = [(x, y, 24, 24) for x, y in PLACES if image[y, x, 0] > 0.5]
        boxes = np.array(at, np.float32).reshape(-1, 4)
        confidence = np.full(len(boxes), 0.9, np.float32)
        found.append(DetectedBoxes(boxes, np.zeros(len(boxes), np.int64), confidence))
    return found


DETECTOR = Detector(bright_places, ("disc",), 320, 1.0, 24, 0.25, "d", "1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    tifffile.imwrite(tmp_path / "in" / "bright.tif", BRIGHT)
    tifffile.imwrite(tmp_path / "in" / "dark.tif", np.invert(BRIGHT))
    return tmp_path


def predict(folder: Path, invert: bool) -> dict[str, dict]:
    """What is kept of each micrograph."""
    out = folder / f"out-{invert}"
    images = inputs.list_images([folder / "in"], out).images
    used = pipeline.assembled(DETECTOR, None, False, None)
    settings = Settings(1.0, 0, ("csv", "yolo"), invert)
    done = {}
    for prediction in run.predict_each(images, {}, used, settings, out):
        assert prediction.outcome, prediction.failure
        done[prediction.image.file] = prediction.outcome.done
    outputs.write_summary(out, images, list(done.values()), used.classes)
    return done


def test_an_inverted_micrograph_is_said_to_be_one(folder: Path) -> None:
    done = predict(folder, invert=False)
    assert done["bright.tif"]["particles"] == 3
    assert done["bright.tif"]["remarks"] == []
    assert done["dark.tif"]["particles"] == 0
    (remark,) = done["dark.tif"]["remarks"]
    assert remark.startswith("nothing is detected in it, but 3 particles with bright and dark exch")
    assert "--invert" in remark


def test_invert_exchanges_bright_and_dark_and_is_recorded(folder: Path) -> None:
    done = predict(folder, invert=True)
    assert [about["particles"] for about in done.values()] == [0, 3]
    assert done["dark.tif"]["remarks"] == []
    assert "Leave --invert out" in done["bright.tif"]["remarks"][0]
    with (folder / "out-True" / "micrographs.csv").open(newline="") as lines:
        assert [row["inverted"] for row in csv.DictReader(lines)] == ["yes", "yes"]


def test_corrections_are_of_the_image_that_the_networks_saw(folder: Path) -> None:
    predict(folder, invert=True)
    dark = predicted.listed(folder / "out-True")[1]
    assert dark.file == "dark.tif"
    np.testing.assert_array_equal(predicted.image(dark), BRIGHT)
