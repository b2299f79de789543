"""Saliency maps against what they must be, on both backends."""

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import small_data
from project_paths import PYTHONPATH

from benchmark.classification import recipes
from benchmark.classification.data import Patches

JAX = """
import sys, numpy as np, keras
import test_saliency
assert keras.backend.backend() == "jax"
np.save(sys.argv[1], test_saliency.maps_of_a_convolution())
"""


def some_patches(count: int = 2) -> Patches:
    test = small_data.small_data().splits["test"]
    return Patches(**{name: values[:count] for name, values in vars(test).items()})


def linear() -> tuple[object, np.ndarray]:
    """A network whose logits are linear, and its weights (32, 32, 3)."""
    import keras

    network = keras.Sequential(
        [keras.Input((32, 32, 1)), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")]
    )
    weights = np.random.default_rng(0).normal(0, 0.01, (32, 32, 3)).astype(np.float32)
    network.layers[-1].kernel.assign(weights.reshape(-1, 3))
    return network, weights


def recipe(views: int) -> recipes.Recipe:
    _, found = recipes.recipe("quick", "scratch", ["image_size=32"])
    return dataclasses.replace(found, tta=views)


def maps_of_a_convolution() -> np.ndarray:
    import keras

    from benchmark.report import saliency

    network = keras.Sequential(
        [
            keras.Input((32, 32, 1)),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.BatchNormalization(),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(3, "softmax"),
        ]
    )
    rng = np.random.default_rng(0)
    for variable in network.trainable_variables:
        variable.assign(rng.normal(0.1, 1, variable.shape))
    classes = np.array([0, 2]), np.array([1, 1])
    return saliency.maps(network, some_patches(), recipe(8), *classes)


@pytest.mark.parametrize("views", [1, 8])
def test_of_linear_logits_they_are_the_difference_of_the_weights(views: int) -> None:
    from benchmark.report import saliency

    network, weights = linear()
    towards, against = np.array([0, 2]), np.array([1, 0])
    found = saliency.maps(network, some_patches(), recipe(views), towards, against)
    assert found.shape == (2, 32, 32)
    for place in range(2):
        slope = weights[..., towards[place]] - weights[..., against[place]]
        turned = [saliency.undone(slope, view) for view in range(views)]
        # a round of copies adds its mean: only the scale, which has no unit, depends on rounds
        expected = np.abs(np.mean(turned, axis=0))
        scale = found[place].sum() / expected.sum()
        np.testing.assert_allclose(found[place], scale * expected, atol=1e-4 * found.max())


def test_undoing_inverts_every_transform() -> None:
    from benchmark.data import d4_transforms
    from benchmark.report import saliency

    image = np.arange(36, dtype=np.float32).reshape(6, 6)
    for view in range(8):
        shown = np.asarray(d4_transforms.apply(image[None, ..., None], np.array([view], np.int32)))
        np.testing.assert_array_equal(saliency.undone(shown[0, ..., 0], view), image)


def test_they_stay_finite_where_a_probability_is_exactly_one() -> None:
    from benchmark.report import saliency

    network, _ = linear()
    network.layers[-1].bias.assign([500, 0, -500])
    found = saliency.maps(network, some_patches(), recipe(1), np.array([0, 0]), np.array([2, 1]))
    assert np.isfinite(found).all()
    assert found.min() >= 0


def test_jax_gives_the_maps_of_tensorflow(tmp_path: Path) -> None:
    pytest.importorskip("jax", reason="jax is not installed")
    paths = f"{PYTHONPATH}{os.pathsep}{Path(__file__).parent}"
    done = subprocess.run(
        [sys.executable, "-c", JAX, str(tmp_path / "maps.npy")],
        env={**os.environ, "KERAS_BACKEND": "jax", "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found, expected = np.load(tmp_path / "maps.npy"), maps_of_a_convolution()
    assert found.shape == (2, 32, 32)
    assert found.max() > 0
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-3 * expected.max())
