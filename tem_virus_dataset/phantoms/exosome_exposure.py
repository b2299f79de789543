"""The exposure of a phantom of exosomes: stain, defocus, drift, shot noise."""

import numpy as np

from tem_virus_dataset.phantoms.exosome_specimen import Specimen
from tem_virus_dataset.phantoms.exosome_style import Style
from tem_virus_dataset.phantoms.virus_exposure import transfer


def expose(rng: np.random.Generator, specimen: Specimen, style: Style) -> np.ndarray:
    """Stain a specimen, image it and record it.

    Returns:
      (side, side) uint16 counts. The rim must be cropped: the Fourier transform wraps around there.
    """
    protein, step = specimen.protein, specimen.nm_per_pixel
    shape = protein.shape
    down, across = np.fft.fftfreq(len(protein), step)[:, None], np.fft.rfftfreq(len(protein), step)
    frequency = np.hypot(down, across)  # per nm
    stain = _stain(rng, protein, frequency, style)
    grain = 1 + rng.uniform(0.1, 0.3) * rng.standard_normal(shape)
    wave = np.fft.rfft2(-(stain * (1 - protein) + specimen.uptake) * grain)
    wave *= transfer(frequency, rng.uniform(300, 2200), rng.uniform(0.5, 0.8))
    wave *= np.exp(-((frequency / rng.uniform(0.07, 0.14)) ** 2))  # the lens
    way, angle = rng.uniform(0, 3) * (rng.random() < 0.5), rng.uniform(0, 2 * np.pi)
    wave *= np.sinc(way * (np.cos(angle) * across + np.sin(angle) * down))  # drift, in nm
    wave[0, 0] = 0
    seen = np.fft.irfft2(wave, s=shape)
    dose = rng.uniform(*style.dose) * step**2  # electrons per pixel
    contrast = rng.uniform(*style.contrast) / seen.std()
    electrons = dose * np.clip(1 + contrast * seen, 0.05, None)
    electrons += np.sqrt(electrons) * rng.standard_normal(shape)
    counts = electrons * rng.uniform(1500, 9000) / dose
    return np.clip(np.rint(counts), 0, np.iinfo(np.uint16).max).astype(np.uint16)


def _stain(
    rng: np.random.Generator, protein: np.ndarray, frequency: np.ndarray, style: Style
) -> np.ndarray:
    """Depth of the stain: uneven over the field, and pooled around particles."""
    shape = protein.shape
    uneven = np.fft.rfft2(rng.standard_normal(shape))
    uneven *= 1 / (0.002 + frequency) ** rng.uniform(*style.slope)
    carpet = np.fft.irfft2(uneven, s=shape)
    place = np.linspace(-0.5, 0.5, len(protein))
    right, down = rng.normal(0, 0.15, 2)
    depth = 1 + right * place + down * place[:, None]
    depth += rng.uniform(*style.cloud) * carpet / carpet.std()
    pooled = np.fft.rfft2(np.minimum(2 * protein, 1))
    pooled *= np.exp(-2 * (np.pi * rng.uniform(*style.reach) * frequency) ** 2)
    halo = np.clip(np.fft.irfft2(pooled, s=shape), 0, None)
    return np.maximum(depth, 0.25) + rng.uniform(*style.halo) * halo / (halo + 0.15)
