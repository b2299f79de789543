"""Dose, hot pixels, JPEG, tones, debris and strips: the statistics they promise."""

import numpy as np
import pytest

from tem_virus_dataset.conditions import camera, overlays, sampling, tone


@pytest.fixture
def random():
    return np.random.RandomState(0)


@pytest.mark.parametrize("electrons", [100, 10, 1])
def test_dose_keeps_the_mean_and_has_the_variance_of_counted_electrons(electrons, random):
    flat = np.full((256, 256), 120.0)
    flat[:, :128] = 60
    dosed = camera.dosed(flat, electrons, random)
    gain = 90 / electrons  # counts an electron: the mean count is 90
    for part, count in ((dosed[:, :128], 60), (dosed[:, 128:], 120)):
        deviation = (count * gain / part.size) ** 0.5  # of the mean
        assert abs(part.mean() - count) < 4 * deviation
        assert part.var() == pytest.approx(count * gain, rel=0.05)
    electrons_counted = dosed / gain
    np.testing.assert_allclose(electrons_counted, electrons_counted.round(), atol=1e-9)


def test_no_electron_comes_through_black(random):
    assert not camera.dosed(np.zeros((8, 8)), 10, random).any()


def test_hot_pixels_are_as_many_as_stated_in_proportion_to_the_area(random):
    for shape, wanted in (((256, 256), 64), ((512, 256), 128)):
        hot = camera.with_hot_pixels(np.full(shape, 5.0), 64, 255, random)
        assert wanted - 3 <= (hot == 255).sum() <= wanted  # two may fall on one place
        assert set(np.unique(hot)) == {5.0, 255.0}


def test_a_lower_quality_changes_more(random):
    image = random.randint(0, 255, (256, 256)).astype(float)
    errors = [np.abs(camera.as_jpeg(image, q, 255) - image).mean() for q in (90, 70, 50, 30, 10)]
    assert errors == sorted(errors)
    assert errors[0] > 0


def test_a_deeper_image_keeps_its_scale_as_jpeg(random):
    smooth = np.linspace(1000, 4000, 256) * np.ones((256, 1))
    stored = camera.as_jpeg(np.round(smooth), 90, 4000)
    assert np.abs(stored - smooth).max() < 4000 / 255 * 4


def test_a_field_has_exactly_the_stated_deviation_and_leaves_the_mean_of_a_flat_image(random):
    flat = np.full((256, 256), 80.0)
    stained = tone.with_field(flat, 0.4, random)
    assert np.log(stained).std() == pytest.approx(0.4)
    assert stained.mean() == pytest.approx(80)
    steps = np.abs(np.diff(np.log(stained), axis=1)).max()
    assert steps < 0.05  # smooth: nothing that looks like a particle's border


def test_gamma_keeps_black_and_white_and_inversion_exchanges_them():
    grays = np.array([[0.0, 64, 255]])
    np.testing.assert_allclose(tone.with_gamma(grays, 2, 255), [[0, 64**2 / 255, 255]])
    np.testing.assert_allclose(tone.inverted(grays, 0, 255), [[255, 191, 0]])


def test_debris_is_bright_round_and_leaves_the_centre(random):
    noise = np.random.default_rng(0).normal(100, 10, (256, 256))
    added = overlays.with_debris(noise, 1, random) - noise
    assert 4 * 9.8 < added.max() < 8 * 10.2
    area = (added > added.max() / 2).sum()  # cut where it reaches over the border
    assert area <= np.pi * 75**2 * 1.05
    assert added[128, 128] < 1


def test_more_debris_holds_the_debris_of_the_lower_level():
    noise = np.random.default_rng(0).normal(100, 10, (256, 256))
    two, three = (overlays.with_debris(noise, n, np.random.RandomState(3)) for n in (2, 3))
    assert (three >= two - 1e-9).all()
    assert (three > two + 1).any()


def test_a_strip_is_black_with_white_letters_and_the_rest_untouched(random):
    image = np.full((256, 256), 100.0)
    strip = overlays.with_info_strip(image, 30, 255, random)
    assert (strip[:-30] == 100).all()
    assert set(np.unique(strip[-30:])) == {0.0, 255.0}
    assert (strip[-30:] == 0).mean() > 0.5


def disc(radius: float) -> np.ndarray:
    y, x = np.mgrid[:256, :256] - 127.5
    return 100.0 + 50 / (1 + np.exp((np.hypot(x, y) - radius) / 2))


@pytest.mark.parametrize("factor", [0.5, 0.8, 1.1, 1.5])
def test_a_wrong_pixel_size_scales_a_disc_about_the_centre(factor):
    scaled = sampling.magnified(disc(40), factor)
    row = scaled[127:129].mean(axis=0)
    assert (row[60:196] > 125).sum() == pytest.approx(2 * 40 * factor, abs=1.5)
    np.testing.assert_allclose(scaled, scaled[::-1, ::-1], atol=1e-9)
    np.testing.assert_allclose(sampling.magnified(np.full((256, 256), 7.0), factor), 7)


def test_shrinking_averages_what_it_cannot_show():
    """A checkerboard of single pixels must not become another pattern."""
    board = np.indices((256, 256)).sum(axis=0) % 2 * 100.0
    assert np.abs(sampling.magnified(board, 0.5) - 50).max() < 6


def test_a_shift_takes_pixels_from_beside_and_mirrors_beyond_the_border():
    image = np.arange(16.0).reshape(4, 4)
    np.testing.assert_array_equal(sampling.shifted(image, 1, 0)[0], [1, 2, 3, 3])
    np.testing.assert_array_equal(sampling.shifted(image, 0, -2)[:, 0], [4, 0, 0, 4])
