"""The small network's prediction does not change when the image is rotated or flipped."""

import keras
import numpy as np
import pytest
from reference import d4_transform, predictions_under_d4

from benchmark.models import registry
from benchmark.models.flops import flops
from benchmark.models.layers.d4 import D4Conv2D, transformed
from benchmark.models.registry import Options
from tem_virus_dataset.networks.d4_transforms import COUNT


def test_no_transform_changes_the_prediction(like_trained: keras.Model) -> None:
    predictions = predictions_under_d4(like_trained)
    assert np.ptp(predictions[0], axis=0).max() > 0.01, "it predicts the same for every image"
    for prediction in predictions[1:]:
        np.testing.assert_allclose(prediction, predictions[0], atol=1e-5)


def test_features_are_transformed_with_the_image_and_permuted() -> None:
    image = np.random.default_rng(2).normal(size=(16, 16, 1)).astype(np.float32)
    first, second = D4Conv2D(2, side=6, strides=2), D4Conv2D(3)

    def features(image: np.ndarray) -> np.ndarray:
        found = np.asarray(second(first(image[None])))[0]
        return found.reshape(8, 8, COUNT, 3).transpose(2, 0, 1, 3)

    before = features(image)
    for transform in range(COUNT):
        after = features(d4_transform(image, transform))
        expected = [d4_transform(feature, transform) for feature in before]
        for feature in after:
            assert min(np.abs(feature - other).max() for other in expected) < 1e-5
        if transform:
            assert np.abs(after - before).max() > 0.1


def test_a_kernel_of_an_image_is_transformed_as_a_patch_is() -> None:
    kernel = np.arange(9, dtype=np.float32).reshape(3, 3, 1, 1, 1, 1, 1)
    for transform in range(COUNT):
        found = np.asarray(transformed(kernel, transform))[:, :, 0, 0, 0, 0]
        np.testing.assert_array_equal(found, d4_transform(kernel[:, :, 0, 0, 0, 0], transform))


@pytest.mark.parametrize("name", ["d4_cnn", "d4_cnn_wide"])
def test_they_are_small(name: str) -> None:
    network = registry.model(name).build((256, 256, 1), 14, Options())
    assert network.count_params() <= 3_000_000
    assert flops(network) <= 1_500_000_000
