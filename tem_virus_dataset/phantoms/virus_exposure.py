"""The exposure of a phantom of viruses: stain, contrast transfer, shot noise."""

import numpy as np

WAVELENGTH = 0.0037  # nm, of electrons at 100 kV
FULL_SCALE = 4095  # of a 12-bit camera


def expose(rng: np.random.Generator, protein: np.ndarray) -> np.ndarray:
    """Stain a specimen, image it and record it.

    Args:
      rng: of the micrograph: depth of the stain, defocus, contrast, dose and noise are sampled.
      protein: (side, side) float32, share of the stain excluded, at 1 nm per pixel.

    Returns:
      (side, side) uint16 counts, 0 to 4095. The rim must be cropped: the Fourier transform wraps
      around there.
    """
    field = len(protein)
    frequency = np.hypot(np.fft.fftfreq(field)[:, None], np.fft.rfftfreq(field)[None])
    frequency = frequency.astype(np.float32)  # per nm
    pooled = np.fft.rfft2(np.minimum(2 * protein, 1))
    pooled *= np.exp(-2 * (np.pi * rng.uniform(12, 28) * frequency) ** 2)
    halo = np.clip(np.fft.irfft2(pooled, s=protein.shape), 0, None)
    uneven = np.fft.rfft2(rng.standard_normal(protein.shape, np.float32))
    uneven *= 1 / (0.004 + frequency) ** rng.uniform(1.2, 1.8)
    carpet = np.fft.irfft2(uneven, s=protein.shape)
    place = np.linspace(-0.5, 0.5, field, dtype=np.float32)
    across, down = rng.normal(0, 0.35, 2)
    depth = 0.8 + across * place + down * place[:, None] + 0.13 * carpet / carpet.std()
    stain = np.maximum(depth, 0.2) + rng.uniform(0.8, 2.0) * halo / (halo + 0.15)
    grain = 1 + rng.uniform(0.15, 0.4) * rng.standard_normal(protein.shape, np.float32)
    specimen = np.fft.rfft2(-stain * (1 - protein * grain))

    transferred = transfer(frequency, rng.uniform(300, 1600), rng.uniform(0.5, 0.8))
    specimen *= transferred * np.exp(-((frequency / rng.uniform(0.075, 0.15)) ** 2))
    specimen[0, 0] = 0
    wave = np.fft.irfft2(specimen, s=protein.shape)
    dose = rng.uniform(150, 900)  # electrons per pixel
    electrons = dose * np.clip(1 + rng.uniform(0.1, 0.2) * wave / wave.std(), 0.1, None)
    electrons += np.sqrt(electrons) * rng.standard_normal(protein.shape, np.float32)  # shot noise
    gain = rng.uniform(1100, 2200) / dose  # counts per electron
    return np.clip(np.rint(gain * electrons), 0, FULL_SCALE).astype(np.uint16)


def transfer(frequency: np.ndarray, defocus: float, amplitude: float) -> np.ndarray:
    """Return the contrast transfer function of a weak phase object; 1 at frequency 0.

    Args:
      frequency: per nm; defocus: in nm; amplitude: share of amplitude contrast, 0 to 1.
    """
    shift = np.pi * WAVELENGTH * defocus * frequency**2
    return (np.sqrt(1 - amplitude**2) * np.sin(shift) + amplitude * np.cos(shift)) / amplitude
