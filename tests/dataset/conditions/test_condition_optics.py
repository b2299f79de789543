"""Defocus and drift: zeros of the contrast transfer function, what gratings become, lengths."""

import math

import numpy as np
import pytest

from tem_virus_dataset.conditions import optics

SIDE = 256


@pytest.mark.parametrize(
    ("defocus", "zero_nm"), [(0.5, 1.92), (1, 2.72), (2, 3.85), (4, 5.44), (8, 7.69)]
)
def test_the_first_zero_lies_where_wavelength_times_defocus_says(defocus, zero_nm):
    """At 100 kV (3.70 pm): sqrt(2 * wavelength * defocus), computed by hand."""
    near = zero_nm * np.array([0.98, 1.02])
    before, after = optics.transfer(1 / near[::-1], defocus)
    assert before > 0 > after
    assert abs(optics.transfer(1 / zero_nm, defocus)) < 0.01


def test_further_zeros_are_at_odd_multiples():
    for odd in (3, 5, 7):
        frequency = math.sqrt(odd / (2 * 3.7e-3 * 2000))
        assert abs(optics.transfer(frequency, 2.0)) < 1e-12


def test_the_envelope_bounds_the_transfer():
    frequency = np.linspace(0, 0.5, 500)
    bound = np.exp(-((math.pi * 1e-4 * 8000 * frequency) ** 2))
    assert (np.abs(optics.transfer(frequency, 8.0)) <= bound + 1e-12).all()
    assert optics.transfer(0.0, 8.0) == 1


def grating(half_waves: int) -> np.ndarray:
    """Return a pattern with one spatial frequency, half_waves / 512 per nm, and a mean of 100."""
    x = (np.arange(SIDE) + 0.5) * math.pi * half_waves / SIDE
    return 100 + 20 * np.cos(x) * np.ones((SIDE, 1))


@pytest.mark.parametrize("half_waves", [10, 67, 120])
def test_a_grating_keeps_its_form_and_gets_the_transfer_as_amplitude(half_waves):
    blurred = optics.defocused(grating(half_waves), 4.0)
    factor = float(optics.transfer(half_waves / 512, 4.0))
    np.testing.assert_allclose(blurred, 100 + factor * (grating(half_waves) - 100), atol=1e-9)


def test_a_pixel_size_scales_the_frequencies():
    blurred = optics.defocused(grating(40), 4.0, nm_per_pixel=2.0)
    factor = float(optics.transfer(40 / 1024, 4.0))
    np.testing.assert_allclose(blurred, 100 + factor * (grating(40) - 100), atol=1e-9)


@pytest.mark.parametrize("defocus", [0, 0.5, 2, 8])
def test_noise_keeps_the_energy_that_the_transfer_leaves_and_its_mean(defocus):
    noise = np.random.default_rng(0).normal(100, 10, (SIDE, SIDE))
    frequency = np.arange(SIDE) / (2 * SIDE)
    left = (optics.transfer(np.hypot(frequency[:, None], frequency), defocus) ** 2).mean()
    blurred = optics.defocused(noise, defocus)
    assert blurred.var() == pytest.approx(left * noise.var(), rel=0.02)
    assert blurred.mean() == pytest.approx(noise.mean())


def spot() -> np.ndarray:
    y, x = np.mgrid[:SIDE, :SIDE]
    return np.exp(-((x - 120) ** 2 + (y - 130) ** 2) / (2 * 6.0**2))


@pytest.mark.parametrize("angle", [0.0, 0.5, math.pi / 2, 2.5])
def test_drift_widens_along_its_direction_alone_by_a_twelfth_of_its_squared_length(angle):
    def variances(image):
        y, x = np.mgrid[:SIDE, :SIDE]
        along = x * math.cos(angle) + y * math.sin(angle)
        across = -x * math.sin(angle) + y * math.cos(angle)
        total = image.sum()
        return [
            (image * (z - (image * z).sum() / total) ** 2).sum() / total for z in (along, across)
        ]

    before, after = variances(spot()), variances(optics.drifted(spot(), 10.0, angle))
    assert after[0] - before[0] == pytest.approx(10**2 / 12, rel=1e-3)
    assert after[1] == pytest.approx(before[1], rel=1e-3)


def test_drift_erases_a_grating_of_its_own_length():
    """A path of one period averages over it."""
    x = np.arange(SIDE)
    image = 100 + 20 * np.sin(2 * math.pi * x / 8) * np.ones((SIDE, 1))
    left = optics.drifted(image, 8.0, 0.0)[:, 32:-32]
    assert np.abs(left - 100).max() < 0.5
    kept = optics.drifted(image, 8.0, math.pi / 2)[100, 32:-32]
    assert kept.std() == pytest.approx(20 / math.sqrt(2), rel=0.01)
