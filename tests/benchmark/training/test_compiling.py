"""What a network is trained in, and what it predicts in."""

import keras
import numpy as np
import pytest
import tiny_detector

from benchmark.models import registry
from benchmark.training.compiling import compute_in_float32, computing_in


@pytest.mark.parametrize("model", [registry.model("plain_cnn"), tiny_detector.MODEL])
def test_final_predictions_are_of_float32_whatever_was_trained_in(model: registry.Model) -> None:
    shape = (None, None, 1) if model is tiny_detector.MODEL else (64, 64, 1)
    keras.utils.set_random_seed(0)
    exact = model.build(shape, 3, registry.Options())
    with computing_in("bfloat16"):
        mixed = model.build(shape, 3, registry.Options())
    mixed.set_weights(exact.get_weights())
    images = np.random.default_rng(0).normal(size=(2, 64, 64, 1)).astype(np.float32)
    expected = exact.predict_on_batch(images)
    assert np.abs(mixed.predict_on_batch(images) - expected).max() > 1e-5
    compute_in_float32(mixed)
    np.testing.assert_allclose(mixed.predict_on_batch(images), expected, atol=1e-6)
    inputs = keras.Input(images.shape[1:])
    around = keras.Model(inputs, mixed(inputs))  # as a feed is put before a network
    np.testing.assert_allclose(around.predict_on_batch(images), expected, atol=1e-6)
