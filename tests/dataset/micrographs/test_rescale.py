import math

import numpy as np
import pytest
from PIL import Image

from tem_virus_dataset.micrographs import micrograph, patch, rescale
from tem_virus_dataset.micrographs.particles import Particles

SIZES = [0.26, 0.373, 0.503, 0.7232, 1, 1.05, 5.57]  # nm per pixel
SHAPES = [(97, 131), (64, 33), (1, 50), (37, 1), (1, 1)]


def noise(shape, dtype, seed=0):
    """Noise over the whole range of the dtype."""
    high = np.iinfo(dtype).max
    return np.random.default_rng(seed).integers(0, high, shape, dtype, endpoint=True)


def unrounded(image, nm_per_pixel):
    """The tiles put together, before clipping and rounding."""
    shape = rescale.shape_at_one_nm(image.shape, nm_per_pixel)
    rows, columns = (
        [rescale._weights(length, new, at) for at in range(0, new, rescale.TILE)]
        for length, new in zip(image.shape, shape, strict=True)
    )
    return np.block([[rescale._tile(image, row, column) for column in columns] for row in rows])


def lanczos(x):
    if x == 0:
        return 1.0
    if abs(x) >= 3:
        return 0.0
    return 3 * math.sin(math.pi * x) * math.sin(math.pi * x / 3) / (math.pi * x) ** 2


def along(line, new_length):
    """Rescale a list of numbers: for each new pixel, a plain sum over all the old ones."""
    scale = len(line) / new_length
    stretch = max(scale, 1.0)
    result = []
    for new in range(new_length):
        centre = (new + 0.5) * scale
        weights = [lanczos((old + 0.5 - centre) / stretch) for old in range(len(line))]
        products = (w * v for w, v in zip(weights, line, strict=True))
        result.append(math.fsum(products) / math.fsum(weights))
    return result


def by_hand(image, nm_per_pixel):
    """The same as `to_one_nm`, slowly, row by row and column by column."""
    height, width = (max(1, round(side * nm_per_pixel)) for side in image.shape)
    rows = [along(row, width) for row in image.tolist()]
    columns = [along(column, height) for column in zip(*rows, strict=True)]
    high = np.iinfo(image.dtype).max
    clipped = [[min(max(round(v), 0), high) for v in row] for row in zip(*columns, strict=True)]
    return np.array(clipped, image.dtype)


@pytest.mark.parametrize("nm_per_pixel", SIZES)
@pytest.mark.parametrize("shape", SHAPES)
def test_it_is_pillows_lanczos(shape, nm_per_pixel):
    image = noise(shape, np.uint16)
    found = unrounded(image, nm_per_pixel)
    size = found.shape[::-1]
    pillow = Image.fromarray(image.astype(np.float32)).resize(size, Image.Resampling.LANCZOS)
    # Pillow keeps its image between the two passes, and its result, in float32.
    np.testing.assert_allclose(found, np.asarray(pillow), rtol=0, atol=0.01)
    assert found.shape == tuple(max(1, round(side * nm_per_pixel)) for side in shape)


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("nm_per_pixel", SIZES)
@pytest.mark.parametrize("shape", [(41, 53), (1, 30), (23, 1)])
def test_it_is_the_plain_sum_over_the_pixels(shape, nm_per_pixel, dtype):
    image = noise(shape, dtype, seed=1)
    found = rescale.to_one_nm(image, nm_per_pixel)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, by_hand(image, nm_per_pixel))


@pytest.mark.parametrize("nm_per_pixel", [0.26, 0.7232, 1.05, 5.57])
@pytest.mark.parametrize("shape", [(97, 131), (300, 70), (1, 90)])
def test_windows_hold_the_bits_of_the_whole(shape, nm_per_pixel):
    image = noise(shape, np.uint16, seed=2)
    whole = rescale.to_one_nm(image, nm_per_pixel)
    assert np.ptp(whole) > 20_000
    rng = np.random.default_rng(3)
    windows = []
    for height, width in rng.integers(1, 60, (6, 2)):
        top, left = (rng.integers(0, side) for side in whole.shape)
        rows, columns = np.arange(top, top + height), np.arange(left, left + width)
        windows.append((rows[rows < whole.shape[0]], columns[columns < whole.shape[1]]))
    for x, y in rng.uniform(0, whole.shape[::-1], (2, 2)):  # mirrored past the border
        windows.append(patch.window(whole.shape, x, y))
    for window in windows:
        alone = rescale.to_one_nm(image, nm_per_pixel, [window])
        np.testing.assert_array_equal(alone[np.ix_(*window)], whole[np.ix_(*window)])
    together = rescale.to_one_nm(image, nm_per_pixel, windows)
    for window in windows:
        np.testing.assert_array_equal(together[np.ix_(*window)], whole[np.ix_(*window)])


def test_only_the_tiles_of_the_windows_are_computed():
    image = np.full((200, 200), 9, np.uint8)
    found = rescale.to_one_nm(image, 1, [(np.array([0, 199]), np.array([64]))])
    rows, columns = np.nonzero(found)
    assert set(rows // rescale.TILE) == {0, 199 // rescale.TILE}
    assert set(columns // rescale.TILE) == {2}
    assert not rescale.to_one_nm(image, 1, []).any()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
@pytest.mark.parametrize("nm_per_pixel", [0.7232, 1.05, 5.57])
def test_overshoot_at_an_edge_is_clipped_and_does_not_wrap(nm_per_pixel, dtype):
    high = np.iinfo(dtype).max
    image = np.zeros((40, 60), dtype)
    image[:, 30:] = high
    exact = unrounded(image, nm_per_pixel)
    assert exact.min() < -0.01 * high
    assert exact.max() > 1.01 * high
    found = rescale.to_one_nm(image, nm_per_pixel)
    assert (found[exact < 0] == 0).all()
    assert (found[exact > high] == high).all()


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16])
def test_one_nm_per_pixel_is_the_same_picture(dtype):
    image = noise((75, 110), dtype)
    found = rescale.to_one_nm(image, 1.0)
    assert found.dtype == dtype
    np.testing.assert_array_equal(found, image)


@pytest.mark.parametrize("nm_per_pixel", SIZES)
@pytest.mark.parametrize("value", [0, 1, 700, 65535])
def test_a_constant_stays_constant(value, nm_per_pixel):
    found = rescale.to_one_nm(np.full((50, 71), value, np.uint16), nm_per_pixel)
    assert (found == value).all()


@pytest.mark.parametrize("nm_per_pixel", [0.503, 1.05, 5.57])
def test_patches_are_mirrored_after_rescaling(nm_per_pixel):
    image = noise((90, 120), np.uint16)
    points = [[(3, 5)], [(119, 0), (100, 20)], [(0, 0), (60, 45), (120, 90)]]
    source = micrograph.Micrograph("s", image, nm_per_pixel, Particles(120, 90, points), "s.tif")
    padded = np.pad(rescale.to_one_nm(image, nm_per_pixel), 128, mode="symmetric")
    centres = [(3, 5), (109.5, 10), (0, 0), (60, 45), (120, 90)]
    found = list(micrograph.patches(source))
    assert [p.name for p in found] == [f"s_{number}" for number in range(1, 6)]
    for cut, (x, y) in zip(found, centres, strict=True):
        top, left = round(y * nm_per_pixel), round(x * nm_per_pixel)
        np.testing.assert_array_equal(cut.image, padded[top : top + 256, left : left + 256])


def test_the_picture_at_one_nm_is_the_rescaled_whole():
    image = noise((50, 40), np.uint8)
    source = micrograph.Micrograph("s", image, 1.05, Particles(40, 50, [[(1, 1)]]), "s.tif")
    np.testing.assert_array_equal(source.at_one_nm(), rescale.to_one_nm(image, 1.05))
