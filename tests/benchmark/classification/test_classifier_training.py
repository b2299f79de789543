"""The training of a classifier: what it reads, what it continues, when it ends."""

from pathlib import Path

import pytest
import small_data

from benchmark.classification import recipes
from benchmark.classification import train as training
from benchmark.classification.data import Data
from benchmark.errors import BenchmarkError
from benchmark.training import loop


def test_training_does_not_look_at_the_test_split(tmp_path: Path) -> None:
    whole = small_data.small_data()
    splits = {name: whole.splits[name] for name in ("train", "validation")}
    data = Data(whole.config, whole.version, whole.classes, whole.content_hash, splits)
    _, recipe = recipes.recipe(
        "quick", "scratch", ["image_size=32", "samples_per_class=8", "epochs=1"]
    )
    import keras

    network = keras.Sequential(
        [keras.Input((32, 32, 1)), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")]
    )
    assert len(training.train(network, data, recipe, 0, tmp_path).history) == 1


def test_a_checkpoint_of_other_settings_is_not_continued(tmp_path: Path) -> None:
    import keras

    def begin(*changes: str) -> None:
        network = keras.Sequential(
            [keras.Input((32, 32, 1)), keras.layers.Flatten(), keras.layers.Dense(3, "softmax")]
        )
        _, recipe = recipes.recipe(
            "quick", "scratch", ["image_size=32", "samples_per_class=8", *changes]
        )
        training.train(network, small_data.small_data(), recipe, 0, tmp_path)

    begin("epochs=1")
    with pytest.raises(BenchmarkError, match=r"last\.npz: was started with .*Delete it"):
        begin("epochs=2")


def test_patience_ends_a_training(tmp_path: Path) -> None:
    import keras

    class Constant(keras.layers.Layer):
        def call(self, x: object) -> object:
            return keras.ops.ones_like(keras.ops.mean(x, (1, 2))) * keras.ops.ones((1, 3)) / 3

    network = keras.Sequential([keras.Input((32, 32, 1)), Constant()])
    _, recipe = recipes.recipe(
        "quick", "scratch", ["image_size=32", "samples_per_class=8", "epochs=9", "patience=2"]
    )
    trained = training.train(network, small_data.small_data(), recipe, 0, tmp_path)
    assert (len(trained.history), loop.best_epoch(trained.history)) == (3, 1)
