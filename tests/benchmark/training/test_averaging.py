"""The average of weights over the last steps, and the statistics computed for it."""

import dataclasses
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

import keras
import numpy as np
import pytest
import small_data
from keras import layers

from benchmark.classification import recipes
from benchmark.classification.train import Trained, train
from benchmark.errors import BenchmarkError
from benchmark.models import checkpoint
from benchmark.training import loop
from benchmark.training.averaging import BatchStatistics, WeightAverage, averaging

RECIPE = recipes.recipe(
    "steady", "scratch",
    ["epochs=4", "batch_size=8", "image_size=32", "samples_per_class=8", "warmup_epochs=1"],
)[1]  # fmt: skip


def network(momentum: float = 0.9) -> keras.Model:
    keras.utils.set_random_seed(0)
    image = keras.Input((32, 32, 1))
    x = layers.Conv2D(4, 3, use_bias=False)(image)
    x = layers.ReLU()(layers.BatchNormalization(momentum=momentum)(x))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(3, activation="softmax")(x))


@pytest.mark.parametrize("kind", [keras.optimizers.Adam, keras.optimizers.AdamW])
def test_the_average_follows_its_definition(kind: type) -> None:
    """Its decay is (t - 1) / (t + 9) at first; `fit` leaves the weights where they are."""
    plain = keras.Sequential([keras.Input((1,)), layers.Dense(1, use_bias=False)])
    optimizer = averaging(kind)(0.1, decay=0.6)
    plain.compile(optimizer=optimizer, loss="mse")
    optimizer.build(plain.trainable_variables)
    average = 0.0
    for step in range(1, 25):  # from the 17th on it is the recipe's
        plain.fit(np.ones((4, 1)), np.full((4, 1), 3.0), verbose=0)
        weight = float(plain.trainable_variables[0].numpy().item())
        decay = min(0.6, (step - 1) / (step + 9))
        average = decay * average + (1 - decay) * weight
        assert float(optimizer.averages[0].numpy().item()) == pytest.approx(average, rel=1e-4)
    assert weight != pytest.approx(average, rel=1e-3)
    assert len({id(variable) for variable in optimizer.variables}) == len(optimizer.variables)


def test_statistics_are_those_of_all_images() -> None:
    """As though all images were one batch, though the last batch is smaller."""
    own, images = network(), np.random.default_rng(0).normal(2, 3, (20, 32, 32, 1))
    images = images.astype(np.float32)
    normalization = own.layers[2]
    BatchStatistics(own).set([images[:8], images[8:16], images[16:]])
    features = np.asarray(own.layers[1](images))
    np.testing.assert_allclose(normalization.moving_mean, features.mean((0, 1, 2)), rtol=1e-4)
    np.testing.assert_allclose(normalization.moving_variance, features.var((0, 1, 2)), rtol=1e-3)
    assert normalization.momentum == 0.9


def test_dropout_does_not_change_statistics() -> None:
    image = keras.Input((32, 32, 1))
    x = layers.BatchNormalization(name="norm")(layers.Dropout(0.8)(image))
    own = keras.Model(image, x)
    images = np.random.default_rng(0).normal(2, 3, (16, 32, 32, 1)).astype(np.float32)
    BatchStatistics(own).set([images])
    variance = own.get_layer("norm").moving_variance.numpy().item()
    assert variance == pytest.approx(images.var(), rel=1e-3)
    assert own.layers[1].rate == 0.8


def test_frozen_statistics_stay() -> None:
    own = network()
    own.layers[2].trainable = False
    before = own.layers[2].moving_mean.numpy()
    BatchStatistics(own).set([np.ones((4, 32, 32, 1), np.float32)])
    np.testing.assert_array_equal(own.layers[2].moving_mean, before)


def test_after_the_average_the_network_has_its_own_weights() -> None:
    own = network()
    optimizer = averaging(keras.optimizers.Adam)(0.01, decay=0.9)
    own.compile(optimizer=optimizer, loss="categorical_crossentropy")
    images = np.random.default_rng(0).normal(size=(8, 32, 32, 1)).astype(np.float32)
    own.fit(images, np.eye(3)[np.arange(8) % 3], epochs=5, verbose=0)
    before = [variable.numpy() for variable in own.variables]
    with (
        pytest.raises(ZeroDivisionError),
        WeightAverage(own, optimizer, lambda: [images]).applied(),
    ):
        for variable, average in zip(own.trainable_variables, optimizer.averages, strict=True):
            np.testing.assert_array_equal(variable, average)
        assert abs(own.layers[1].kernel.numpy() - before[0]).max() > 1e-4
        raise ZeroDivisionError
    for variable, value in zip(own.variables, before, strict=True):
        np.testing.assert_array_equal(variable, value)


def trained(folder: Path, epochs: int = 4) -> Trained:
    """Train where no epoch is better than the first, and patience would be at its end at once."""
    recipe = dataclasses.replace(RECIPE, epochs=epochs, patience=1)
    equal = {"validation_f1": 0.5, "validation_loss": 1.0}
    module = "benchmark.classification.train"
    with (
        mock.patch(f"{module}.STATISTICS", 32),  # patches, 2048 in real runs
        mock.patch(f"{module}.validation_scores", lambda *_: dict(equal)),
    ):
        return train(network(), small_data.small_data(), recipe, 0, folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Of `whole`; only to be read."""
    return tmp_path_factory.mktemp("whole")


@pytest.fixture(scope="module")
def whole(folder: Path) -> Trained:
    """A training that nothing stopped; only to be read."""
    return trained(folder)


def test_the_last_average_is_kept_and_a_stopped_training_ends_alike(
    whole: Trained, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every epoch depends on (seed, epoch) alone, and the state holds the averages."""
    assert [file.name for file in folder.glob("best-*")] == ["best-4.npz"]
    save, calls = checkpoint.save, list[str]()

    def failing(path: Path, *args: object) -> None:
        save(path, *args)
        calls.append(path.name)
        if calls.count(checkpoint.LAST) == 2:
            raise BenchmarkError("stopped")

    with monkeypatch.context() as patch, pytest.raises(BenchmarkError, match="stopped"):
        patch.setattr(checkpoint, "save", failing)
        trained(tmp_path / "parts")
    assert calls == ["best-1.npz", "last.npz", "best-2.npz", "last.npz"]
    parts = trained(tmp_path / "parts")
    for variable, expected in zip(parts.network.variables, whole.network.variables, strict=True):
        np.testing.assert_array_equal(variable, expected)


def test_with_an_average_patience_ends_no_training(whole: Trained) -> None:
    """Validation chooses no epoch, also not the last one."""
    history, without = whole.history, dataclasses.replace(RECIPE, ema=0.0, patience=1)
    assert len(history) == 4
    assert any(loop._finished(history[:epochs], without) for epochs in range(1, 4))


def test_on_jax_a_training_with_an_average_ends() -> None:
    """JAX gives the buffers of variables away in a step."""
    code = (
        "import sys; from pathlib import Path; import test_averaging as t; "
        "t.trained(Path(sys.argv[1]), epochs=2)"
    )
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-c", code, folder],
            check=True, timeout=600, capture_output=True,
            env={**os.environ, "KERAS_BACKEND": "jax",
                 "PYTHONPATH": os.pathsep.join([*sys.path, str(Path(__file__).parent)])},
        )  # fmt: skip
        assert (Path(folder) / "best-2.npz").exists()


def test_a_training_without_average_is_not_continued_with_one(
    whole: Trained, folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    other = recipes.recipe("steady", "scratch", ["epochs=4", "image_size=32", "ema=0"])[1]
    with pytest.raises(BenchmarkError, match=r"last\.npz: "):
        train(network(), small_data.small_data(), other, 0, tmp_path)
