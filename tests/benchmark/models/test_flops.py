"""Operations of networks whose numbers are known elsewhere."""

from collections.abc import Iterator

import keras
import numpy as np
import pytest
from keras import layers

from benchmark.errors import BenchmarkError
from benchmark.models import registry
from benchmark.models.flops import flops, flops_if_known
from benchmark.models.registry import Options
from benchmark.speed import models_speed


@pytest.fixture
def without_values() -> Iterator[None]:
    """Build networks whose variables have shapes and no values, of which some have half a GB."""
    with keras.StatelessScope(initialize_variables=False):
        yield
    keras.backend.clear_session(free_memory=False)


@pytest.mark.parametrize(
    ("name", "published"),  # multiply-adds of their papers or of torchvision's table, times two
    [("VGG16", 30.9), ("ResNet50", 7.75), ("MobileNetV2", 0.60), ("Xception", 16.7)],
)
def test_published_networks_have_their_published_operations(
    name: str, published: float, without_values: None
) -> None:
    side = 299 if name == "Xception" else 224
    network = getattr(keras.applications, name)(weights=None, input_shape=(side, side, 3))
    assert flops(network) / 1e9 == pytest.approx(published, rel=0.02)


@pytest.mark.parametrize(("name", "giga"), [("custom", 10.9), ("mobilenet_v2", 0.95)])
def test_models_at_256_pixels(name: str, giga: float, without_values: None) -> None:
    network = registry.model(name).build((256, 256, 1), 14, Options())
    assert flops(network) / 1e9 == pytest.approx(giga, rel=0.01)


def test_every_kind_is_counted_by_hand() -> None:
    inputs = keras.Input((8, 8, 4))
    x = layers.Conv2D(6, 3, padding="same", groups=2)(inputs)  # 64 places, 3x3x2x6
    x = layers.DepthwiseConv2D(3, strides=2, padding="same")(x)  # 16 places, 3x3x6
    x = layers.SeparableConv2D(5, 3)(layers.BatchNormalization()(x))  # 4 places, 3x3x6 + 6x5
    x = layers.Dense(7)(layers.ReLU()(x))  # 4 places, 5x7
    network = keras.Model(inputs, layers.Dense(2)(layers.Flatten()(x)))  # 28x2
    assert flops(network) == 2 * (64 * 108 + 16 * 54 + 4 * (54 + 30) + 4 * 35 + 56)


def test_a_shared_layer_counts_as_often_as_it_is_called_and_works_afterwards() -> None:
    inputs, shared = keras.Input((8, 8, 1)), layers.Conv2D(3, 3)
    halves = [layers.Flatten()(shared(x)) for x in (inputs, layers.MaxPooling2D()(inputs))]
    network = keras.Model(inputs, layers.Concatenate()(halves))
    before = np.asarray(network(np.ones((2, 8, 8, 1), np.float32)))
    assert flops(network) == flops(network) == 2 * (36 * 27 + 4 * 27)
    np.testing.assert_array_equal(before, network(np.ones((2, 8, 8, 1), np.float32)))


def test_frozen_statistics_hide_nothing(without_values: None) -> None:
    build = registry.model("mobilenet_v2").build
    found = [flops(build((64, 64, 1), 3, Options(freeze_batch_norm=on))) for on in (False, True)]
    assert found[0] == found[1] > 0


class Unknown(layers.Layer):
    def build(self, shape: tuple) -> None:
        self.matrix = self.add_weight(shape=(shape[-1], 3))
        self.inner = layers.Dense(1000)
        self.inner.build((None, 3))

    def call(self, inputs):
        return self.inner(inputs @ self.matrix)


class Telling(Unknown):
    def multiply_adds(self) -> int:
        return 17


def test_a_layer_of_another_kind_tells_its_own_or_is_refused() -> None:
    inputs = keras.Input((5,))
    assert flops(keras.Model(inputs, Telling()(inputs))) == 34
    with pytest.raises(BenchmarkError, match=r"layer odd \(Unknown\).*multiply_adds"):
        flops(keras.Model(inputs, Unknown(name="odd")(inputs)))


def test_a_model_that_cannot_be_counted_is_listed_and_timed_without() -> None:
    inputs = keras.Input((5,))
    assert flops_if_known(keras.Model(inputs, Unknown()(inputs))) is None
    rates = {"odd": [10.0, 12.0], "float32": [1e9, 1e9]}
    assert models_speed._row("odd", None, rates, ["float32"]) == ["odd", "-", "11", "-", "-"]
    row = models_speed._row("odd", 10**7, rates, ["float32"])
    assert row[1:4] == ["0.01", "11", "0.33"]
    assert row[4].startswith("33.0% (")
