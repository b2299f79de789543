"""The first values of a network: with `--start transfer` they are those of the weights."""

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from tiny_classifier import tiny_classifier

from benchmark.classification.recipes import RECIPES
from benchmark.errors import BenchmarkError
from benchmark.models import registry
from benchmark.runs import execute
from benchmark.runs.job import Job

SHAPE, CLASSES = (32, 32, 1), ("a", "b")


def backbone() -> keras.Model:
    layers = [keras.Input(SHAPE), keras.layers.Conv2D(4, 5, strides=4), keras.layers.Flatten()]
    return keras.Sequential(layers)


def with_head(features: keras.Model) -> keras.Model:
    return keras.Sequential(
        [keras.Input(SHAPE), features, keras.layers.Dense(len(CLASSES), "softmax")]
    )


def frozen(shape: tuple, classes: int, options: registry.Options) -> keras.Model:
    """Only its head is trained, whose first values are random with and without the weights."""
    features = backbone()
    if options.weights:
        features.load_weights(options.weights)
    features.trainable = False
    return with_head(features)


def never_from_scratch(shape: tuple, classes: int, options: registry.Options) -> keras.Model:
    features = backbone()
    features.load_weights(options.weights)
    return with_head(features)


@pytest.fixture
def begin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., keras.Model]:
    """Return the network of a run with these weights, by the model's function."""

    def start(build: Callable[..., Any], weights: Path | None) -> keras.Model:
        model = registry.Model("mine", (registry.TRANSFER,), build)
        monkeypatch.setitem(registry._MODELS, model.name, model)
        job = Job(
            data="a.npz", model=model.name, initialization=registry.TRANSFER,
            weights=str(weights) if weights else None, label="brief",
            recipe=dataclasses.replace(RECIPES["brief", "scratch"], image_size=32), seed=3,
            data_dir=None, dataset="tem_virus/a", version="1.0.0", classes=CLASSES, note="",
            records=str(tmp_path / "records"), runs=str(tmp_path / "runs"),
        )  # fmt: skip
        return execute.start(job)[0]

    return start


@pytest.mark.parametrize("build", [frozen, never_from_scratch])
def test_a_network_begins_from_its_weights(
    build: Callable[..., Any], begin: Callable[..., keras.Model], tmp_path: Path
) -> None:
    source, file = backbone(), tmp_path / "backbone.weights.h5"
    source.save_weights(file)
    network = begin(build, file)
    np.testing.assert_array_equal(network.variables[0], source.variables[0])


def test_its_other_values_are_those_of_the_seed_alone(
    begin: Callable[..., keras.Model], tmp_path: Path
) -> None:
    file = tmp_path / "backbone.weights.h5"
    backbone().save_weights(file)
    head = begin(frozen, file).variables[-2]
    keras.utils.set_random_seed(3)
    np.testing.assert_array_equal(head, frozen(SHAPE, 2, registry.Options()).variables[-2])


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("backbone.weights.h5", r"weights\.h5; expected .* from them\. Load options\.weights in"),
        (None, r"of ImageNet; .* them\. Let the model's function heed options\.initialization 'tr"),
    ],
)
def test_weights_that_are_left_aside_are_refused(
    file: str | None, said: str, begin: Callable[..., keras.Model], tmp_path: Path
) -> None:
    backbone().save_weights(tmp_path / "backbone.weights.h5")
    with pytest.raises(BenchmarkError, match=said):
        begin(tiny_classifier, tmp_path / file if file else None)
