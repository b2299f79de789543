"""Models that need no network, and a folder of micrographs for them."""

import dataclasses

import numpy as np
import pytest
import small_micrograph
from predicting import PLACES, RADIUS, write

from benchmark.predict import models
from tem_virus_dataset.networks.classifier import Classifier


@pytest.fixture
def fakes(monkeypatch):
    """Names of records are those of fakes."""
    detector = small_micrograph.detector()

    def brightness(patches):
        """Return the brightness of the middle as probability of the second class."""
        middle = patches[:, 126:130, 126:130, 0].mean(axis=(1, 2)) / np.iinfo(patches.dtype).max
        return np.stack([1 - middle, middle], axis=1)

    known = {
        "detector": detector,
        "exchanged": dataclasses.replace(detector, digest="3" * 64, classes=("large", "small")),
        "more": dataclasses.replace(
            detector, digest="5" * 64, classes=(*detector.classes, "third")
        ),
        "better": dataclasses.replace(detector, digest="1" * 64),
        "classifier": Classifier(brightness, ("dark", "bright"), "brightness-s0", "2" * 64),
    }
    monkeypatch.setattr(models, "load", lambda file, runs: known[str(file)])


@pytest.fixture
def micrographs(tmp_path):
    """A folder with three micrographs, of which one lies deeper."""
    folder = tmp_path / "pictures"
    (folder / "grid 1").mkdir(parents=True)
    image = small_micrograph.discs((220, 300), PLACES, RADIUS)
    for name in ("a.tif", "b.tif", "grid 1/c.tif"):
        write(folder / name, image)
    return folder
