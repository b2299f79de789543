"""How gray values follow the sample: inversion, gamma, and an uneven field."""

import numpy as np
from numpy.typing import NDArray
from scipy import fft

WAVES = 5  # of the field, each way: half a wave of the image and its multiples
FALLOFF = 2.0  # half waves at which the field's spectrum falls to 0.6


def inverted(counts: NDArray[np.float64], black: float, white: float) -> NDArray[np.float64]:
    """Return an image in which black and white are exchanged."""
    return black + white - counts


def with_gamma(counts: NDArray[np.float64], exponent: float, white: float) -> NDArray[np.float64]:
    """Return an image raised to a power, where 0 and `white` stay."""
    return np.asarray(white * (counts / white) ** exponent) if white else counts


def with_field(
    counts: NDArray[np.float64], deviation: float, random: np.random.RandomState
) -> NDArray[np.float64]:
    """Return an image times a smooth random field of mean 1.

    Args:
      deviation: standard deviation of the field's logarithm, exact for each image.
    """
    logarithm = deviation * smooth_field(counts.shape, random)
    field = np.exp(logarithm)
    return np.asarray(counts * (field / field.mean()))


def smooth_field(shape: tuple[int, ...], random: np.random.RandomState) -> NDArray[np.float64]:
    """Return a random field of a few half waves, mean 0 and standard deviation 1."""
    spectrum = np.zeros(shape)
    waves = np.arange(WAVES)
    falloff = np.exp(-0.5 * (waves[:, None] ** 2 + waves**2) / FALLOFF**2)
    spectrum[:WAVES, :WAVES] = random.normal(size=(WAVES, WAVES)) * falloff
    spectrum[0, 0] = 0
    field = fft.idctn(spectrum, norm="ortho")
    return np.asarray(field / field.std())
