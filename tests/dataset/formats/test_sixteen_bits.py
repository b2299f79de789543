"""Counts of 16 bits from pixel values of any kind: exact where they fit, without outliers else."""

import numpy as np
import pytest

from tem_virus_dataset.errors import DatasetError
from tem_virus_dataset.formats.sixteen_bits import to_16_bits

SHAPE = (96, 128)


@pytest.fixture
def fractions():
    """An image from 0.2 to 1, with a dark disc."""
    rng = np.random.default_rng(0)
    y, x = np.ogrid[: SHAPE[0], : SHAPE[1]]
    image = rng.uniform(0.6, 1, SHAPE)
    image[(y - 40) ** 2 + (x - 50) ** 2 < 300] -= 0.4
    return image.astype(np.float32)


def levels(image, known):
    return len(np.unique(image[known]))


@pytest.mark.parametrize("value", [10.0**power for power in range(2, 10)])
@pytest.mark.parametrize("sign", [1, -1])
def test_one_hot_or_dead_pixel_does_not_flatten_the_rest(fractions, value, sign):
    known = np.ones(SHAPE, bool)
    known[30, 60] = False
    alone = to_16_bits(fractions, "a")
    fractions[30, 60] = sign * value
    image = to_16_bits(fractions, "a")
    assert levels(image, known) > 0.99 * levels(alone, known)
    assert np.corrcoef(image[known], fractions[known])[0, 1] > 0.999999
    assert image[30, 60] == (65535 if sign > 0 else 0)


def test_many_defects_of_all_kinds_do_not_flatten_the_rest(fractions):
    rng = np.random.default_rng(1)
    known = np.ones(SHAPE, bool)
    for place, value in (
        (np.s_[:, 30], 1e6), (np.s_[20], -1e5), (np.s_[50:53, 70:73], 1e9), (np.s_[0, 0], -1e9)
    ):  # fmt: skip
        fractions[place], known[place] = value, False
    for power in range(2, 9):
        place = tuple(rng.integers(0, SHAPE))
        fractions[place], known[place] = 10.0**power, False
    image = to_16_bits(fractions, "a")
    assert np.corrcoef(image[known], fractions[known])[0, 1] > 0.999999
    assert levels(image, known) > 5000


def test_whole_numbers_stay_exact_beside_a_hot_pixel():
    rng = np.random.default_rng(0)
    for dtype, hot in ((np.int32, 2**31 - 1), (np.int64, -(2**63)), (np.float32, 1e9)):
        counts = rng.integers(2000, 9000, SHAPE)
        values = counts.astype(dtype)
        values[3, 4] = hot
        counts[3, 4] = counts.max() if hot > 0 else counts.min()
        assert np.array_equal(to_16_bits(values, "a"), counts), dtype


@pytest.mark.parametrize(
    ("low", "high", "dtype", "shift"),
    [
        (0, 65536, np.int32, 0), (-3000, 9000, np.int16, 3000), (-32768, 32768, np.int16, 32768),
        (500_000, 560_000, np.uint32, -500_000), (0, 300, np.float64, 0), (0, 65536, ">u2", 0),
    ],
)  # fmt: skip
def test_whole_numbers_that_fit_are_exact(low, high, dtype, shift):
    counts = np.random.default_rng(0).integers(low, high, SHAPE)
    counts[0, :2] = low, high - 1
    image = to_16_bits(counts.astype(dtype), "a")
    assert image.dtype == np.uint16
    assert image.dtype.isnative
    assert np.array_equal(image, counts + shift)


def test_a_wide_range_of_signal_is_not_clipped(fractions):
    """A bead of 5 pixels is as wide as optics make things, whatever its contrast."""
    rng = np.random.default_rng(0)
    y, x = np.ogrid[: SHAPE[0], : SHAPE[1]]
    fractions[(y - 70) ** 2 + (x - 90) ** 2 <= 8] = rng.uniform(20, 40, 25)
    beads = to_16_bits(fractions, "a")
    assert (beads == 65535).sum() == 1
    for name, values in {
        "uniform in the logarithm": 10 ** rng.uniform(0, 6, SHAPE),
        "exponential": rng.exponential(1, SHAPE),
        "a smooth peak": np.exp(-((y - 48) ** 2 + (x - 64) ** 2) / 50.0),
    }.items():
        image = to_16_bits(values.astype(np.float32), "a")
        assert (image == 65535).sum() == 1, name
        assert np.abs(image / 65535 - (values - values.min()) / np.ptp(values)).max() < 1e-4, name


def test_levels_are_left_beside_a_saturated_area(fractions):
    known = np.ones(SHAPE, bool)
    fractions[10:20, 10:20], known[10:20, 10:20] = 1e9, False
    assert levels(to_16_bits(fractions, "a"), known) > 200


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_pixels_that_are_no_number_are_counted_and_placed(fractions, value):
    fractions[[5, 7, 90], [7, 9, 3]] = value
    with pytest.raises(DatasetError, match=r"a\.tif: found 3 of 12288 pixels .* x = 7, y = 5;"):
        to_16_bits(fractions, "a.tif")
