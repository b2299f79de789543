"""The local contrast of images, as a channel of networks."""

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from benchmark.detection import recipes  # noqa: E402
from benchmark.models.layers.local_contrast import LIMIT, LocalContrast  # noqa: E402


def local_contrast(image: np.ndarray, sigma: float = 3.0) -> np.ndarray:
    return keras.ops.convert_to_numpy(LocalContrast(sigma)(image[None, ..., None]))[0, ..., 0]


@pytest.fixture
def image() -> np.ndarray:
    return np.random.default_rng(0).normal(size=(48, 48)).astype(np.float32)


def test_it_follows_the_definition(image) -> None:
    """Pixel by pixel, with a Gaussian that ends at 2.5 sigma and at the border."""
    y, x = np.mgrid[:48, :48]

    def moments(row: int, column: int) -> tuple[float, float]:
        near = (abs(y - row) <= 7.5) & (abs(x - column) <= 7.5)
        weight = near * np.exp(-((y - row) ** 2 + (x - column) ** 2) / 18)
        weight /= weight.sum()
        mean = (weight * image).sum()
        return mean, (weight * image**2).sum() - mean**2

    every = np.array([[moments(row, column) for column in range(48)] for row in range(48)])
    mean, deviation = every[..., 0], np.sqrt(every[..., 1])
    expected = (image - mean) / (deviation + 0.2 * deviation.mean())
    assert np.allclose(local_contrast(image), np.clip(expected, -LIMIT, LIMIT), atol=1e-4)


def test_neither_brightness_nor_contrast_changes_it(image) -> None:
    assert np.allclose(local_contrast(3 * image + 2), local_contrast(image), atol=1e-3)
    assert np.allclose(local_contrast(np.rot90(image)), np.rot90(local_contrast(image)), atol=1e-5)


def test_a_particle_in_dark_stain_is_as_visible_as_in_thin_stain(image) -> None:
    """The amplitude falls to a fifth along the image; its local contrast stays."""
    gain = np.geomspace(1, 0.2, 48, dtype=np.float32)[None]
    contrast = local_contrast(gain * image)
    assert contrast[:, -10:].std() > 0.6 * contrast[:, :10].std()
    assert (gain * image)[:, -10:].std() < 0.35 * (gain * image)[:, :10].std()


def test_a_constant_image_has_none_and_a_hot_pixel_is_clipped() -> None:
    assert abs(local_contrast(np.full((32, 32), 7, np.float32))).max() < 0.01
    hot = np.zeros((64, 64), np.float32)
    hot[30, 30] = 1e4
    assert local_contrast(hot, 8.0).max() == LIMIT


def test_padding_does_not_change_the_image(image) -> None:
    """A micrograph looks alike beside a small and beside a large one, also brighter."""
    layer = LocalContrast(3.0, padded=True)

    def padded_to(side: int, shift: float) -> np.ndarray:
        canvas = np.zeros((side, side), np.float32)
        canvas[:48, :48] = image
        return np.asarray(layer((canvas + shift)[None, ..., None]))[0, :38, :38, 0]

    assert np.allclose(padded_to(64, 0.0), padded_to(160, 0.0), atol=0.03)
    assert np.allclose(padded_to(64, 0.0), padded_to(160, 0.3), atol=0.03)
    assert np.allclose(padded_to(64, 0.0), local_contrast(image)[:38, :38], rtol=0.1, atol=0.05)


def test_images_of_any_size_go_through_one_network(image) -> None:
    inputs = keras.Input((None, None, 1))
    network = keras.Model(inputs, LocalContrast(3.0)(inputs))
    for height, width in ((48, 48), (32, 40)):
        part = image[None, :height, :width, None]
        assert np.allclose(
            network.predict_on_batch(part)[0, ..., 0], local_contrast(part[0, ..., 0]), atol=1e-5
        )


def test_the_neighbourhood_of_a_recipe_is_in_nm() -> None:
    changes = ["local_contrast=16", "nm_per_pixel=4"]
    assert recipes.recipe("brief", changes)[1].contrast_sigma == 4
