"""The exposure of a phantom of aggregated vesicles: support, defocus, drift, noise, copying."""

import numpy as np
import scipy

from tem_virus_dataset.phantoms.aggregates.specimen import Specimen
from tem_virus_dataset.phantoms.aggregates.styles import Style
from tem_virus_dataset.phantoms.virus_exposure import transfer

FULL_SCALE = 65535
GRAIN = (0.02, 0.15)  # standard deviation of carbon and dried stain, in tones
DEFOCUS = (200.0, 3500.0)  # nm; the fringes at the edge of a particle come from it
AMPLITUDE = (0.3, 0.9)  # share of amplitude contrast, high in stain
CONTRAST = (0.05, 0.22)  # standard deviation of the image before noise, as a share of its mean
DOSE = (20.0, 800.0)  # electrons per square nm
REPRODUCED = 0.5  # share of micrographs that are reproduced as figures are: 8 bits, scaled, clipped


def expose(rng: np.random.Generator, specimen: Specimen, style: Style) -> np.ndarray:
    """Lay a specimen on its support, image it and record it.

    Returns:
      (side, side) uint16 counts. The rim must be cropped: the Fourier transform wraps around there.
    """
    step, shape = specimen.nm_per_pixel, specimen.tone.shape
    down, across = np.fft.fftfreq(shape[0], step)[:, None], np.fft.rfftfreq(shape[1], step)
    frequency = np.hypot(down, across)  # per nm
    support = _support(rng, frequency, shape, style)
    grain = (
        rng.uniform(*GRAIN) * scipy.ndimage.gaussian_filter(rng.standard_normal(shape), 0.6) / 0.46
    )
    wave = np.fft.rfft2(specimen.tone * rng.uniform(0.7, 1.3) + support + grain)
    wave *= transfer(frequency, rng.uniform(*DEFOCUS), rng.uniform(*AMPLITUDE))
    wave *= np.exp(-((frequency / rng.uniform(0.06, 0.2)) ** 2))  # the lens
    way, angle = rng.uniform(0, 4) * (rng.random() < 0.4), rng.uniform(0, 2 * np.pi)
    wave *= np.sinc(way * (np.cos(angle) * across + np.sin(angle) * down))  # drift, in nm
    wave[0, 0] = 0
    seen = np.fft.irfft2(wave, s=shape)
    dose = np.exp(rng.uniform(*np.log(DOSE))) * step**2  # electrons per pixel
    seen = np.clip(1 + rng.uniform(*CONTRAST) * seen / seen.std(), 0.05, None)
    electrons = dose * seen
    electrons += np.sqrt(electrons) * rng.standard_normal(shape)
    counts = electrons * rng.uniform(1500, 9000) / dose
    if rng.random() < REPRODUCED:
        counts = _reproduced(rng, counts)
    return np.clip(np.rint(counts), 0, FULL_SCALE).astype(np.uint16)


def _support(
    rng: np.random.Generator, frequency: np.ndarray, shape: tuple[int, ...], style: Style
) -> np.ndarray:
    """Tone of carbon and stain: uneven in clouds, and from side to side."""
    uneven = np.fft.rfft2(rng.standard_normal(shape))
    uneven *= 1 / (0.002 + frequency) ** rng.uniform(*style.slope)
    clouds = np.fft.irfft2(uneven, s=shape)
    place = np.linspace(-0.5, 0.5, shape[0])
    angle, steep = rng.uniform(0, 2 * np.pi), rng.uniform(*style.gradient)
    slope = steep * (np.cos(angle) * place + np.sin(angle) * place[:, None])
    return slope + rng.uniform(*style.cloud) * clouds / clouds.std()


def _reproduced(rng: np.random.Generator, counts: np.ndarray) -> np.ndarray:
    """Reproduce a micrograph as a figure: scaled, stretched until its ends are cut, 8 bits."""
    counts = scipy.ndimage.gaussian_filter(counts, rng.uniform(0.4, 1.5))
    low, high = np.percentile(counts, [rng.uniform(0, 1.5), 100 - rng.uniform(0, 1.5)])
    tones = np.clip((counts - low) / (high - low), 0, 1) ** np.exp(rng.uniform(-0.4, 0.4))
    return np.rint(tones * 255) * 256
