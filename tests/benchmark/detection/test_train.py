"""A detector's training: equal for equal seeds, continued to the same weights, mosaics closed."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import small_scenes
from tiny_detector import tiny_detector

from benchmark.detection import train
from benchmark.detection.recipes import RECIPES, DetectionRecipe
from benchmark.models import registry

RECIPE = dataclasses.replace(
    RECIPES["steady"], epochs=3, batch_size=2, samples_per_class=2, image_size=64, nm_per_pixel=4.0,
    all_images=False, min_steps=0, mosaic=0.5, close_mosaic=0.34, ema=0.9, ignore_confidence=0.01,
)  # fmt: skip


class KilledError(Exception):
    """Instead of a signal."""


def trained(folder: Path, recipe: DetectionRecipe = RECIPE, kill_after: int = 99) -> list:
    """Train, or raise `KilledError` in the validation of an epoch; return the kept values."""
    import keras

    keras.backend.clear_session()  # layers are named as in a process of their own
    keras.utils.set_random_seed(3)
    options = registry.Options(contrast_sigma=recipe.contrast_sigma)
    network = tiny_detector((None, None, 1), 2, options)
    validated = []

    def validation_f1(detections: list) -> float:
        validated.append(len(detections))
        if len(validated) > kill_after:
            raise KilledError
        return 0.5

    folder.mkdir(exist_ok=True)
    done = train.train(network, small_scenes.small_scenes(), recipe, 3, folder, validation_f1)
    return [np.array(variable) for variable in done.network.variables]


def check_a_killed_training(folder: Path) -> None:
    """Compare an uninterrupted training with a killed one of the same seed."""
    whole = trained(folder / "whole")
    with pytest.raises(KilledError):
        trained(folder / "killed", kill_after=2)
    continued = trained(folder / "killed")
    assert all(np.array_equal(a, b) for a, b in zip(whole, continued, strict=True))
    (best,) = (folder / "whole").glob("best-*.npz")
    assert best.name == "best-3.npz"


def test_a_killed_training_continues_to_the_same_average(tmp_path: Path) -> None:
    """In a process whose threads are pinned, as a run's are."""
    code = (
        "import pathlib, sys, test_train\n"
        "test_train.check_a_killed_training(pathlib.Path(sys.argv[1]))"
    )
    names = ("OMP_NUM_THREADS", "TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS")
    pinned = dict.fromkeys(names, "1")
    paths = os.pathsep.join([str(Path(__file__).parent), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        env={**os.environ, **pinned, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_what_covers_the_training_is_said_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture
) -> None:
    def stop(*_: object) -> None:
        raise KilledError

    monkeypatch.setattr(train.loop, "train", stop)
    with pytest.raises(KilledError):
        trained(tmp_path)
    assert "best possible recall" in capfd.readouterr().err


def test_mosaics_end_and_far_positions_are_marked_in_the_epochs_of_the_recipe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []

    def keep(training: train.loop.Training, *_: object) -> list:
        for number in range(4):
            batches, _ = training.batches(number)
            assert isinstance(batches, train.Mosaics)
            marks = batches[0][1][..., -1]
            seen.append((batches.recipe.mosaic, bool(marks.any())))
        return []

    monkeypatch.setattr(train.loop, "train", keep)
    changes = {"epochs": 4, "close_mosaic": 0.25, "ignore_from": 0.5}
    trained(tmp_path, dataclasses.replace(RECIPE, **changes))
    assert seen == [(0.5, False), (0.5, False), (0.5, True), (0.0, True)]
